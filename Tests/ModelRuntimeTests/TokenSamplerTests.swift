import Foundation
import MLOpsCore
import Testing

@testable import ModelRuntime

@Suite struct TokenSamplerTests {
  private func frequencies(_ sampling: Sampling, _ logits: [Float], draws: Int = 20_000) throws
    -> [Double]
  {
    var sampler = TokenSampler(sampling)
    var counts = Array(repeating: 0.0, count: logits.count)
    for _ in 0..<draws {
      counts[Int(try logits.withUnsafeBufferPointer { try sampler.choose($0) })] += 1
    }
    return counts.map { $0 / Double(draws) }
  }

  private func softmax(_ logits: [Float], temperature: Double) -> [Double] {
    let weights = logits.map { exp(Double($0) / temperature) }
    return weights.map { $0 / weights.reduce(0, +) }
  }

  /// Five standard deviations of a share of 20,000 draws are at most 0.018.
  private let tolerance = 0.018

  @Test(arguments: [0.5, 1, 2])
  func tokens_are_drawn_as_often_as_they_are_likely(temperature: Double) throws {
    let logits: [Float] = [1, -1, 0.5, 2, -3]
    let expected = softmax(logits, temperature: temperature)
    let found = try frequencies(Sampling(temperature: temperature, seed: 3), logits)
    for (a, b) in zip(expected, found) { #expect(abs(a - b) < tolerance) }
  }

  @Test func top_k_and_top_p_leave_the_rest_out_and_keep_the_ratios() throws {
    let logits: [Float] = [1, -1, 0.5, 2, -3]
    let all = softmax(logits, temperature: 1)
    let two = try frequencies(Sampling(temperature: 1, topK: 2, seed: 3), logits)
    #expect(two[1] == 0 && two[2] == 0 && two[4] == 0)
    #expect(abs(two[3] - all[3] / (all[3] + all[0])) < tolerance)
    // 0.59 + 0.22 reach 0.8; without the third.
    let most = try frequencies(Sampling(temperature: 1, topP: 0.8, seed: 3), logits)
    #expect(most[2] == 0 && most[1] == 0 && most[4] == 0 && most[0] > 0.2)
    let one = try frequencies(Sampling(temperature: 1, topP: 0.01, seed: 3), logits)
    #expect(one[3] == 1)
  }

  @Test func temperature_zero_takes_the_first_of_the_likeliest() throws {
    #expect(try frequencies(.greedy, [0, 2, 2, 1], draws: 10) == [0, 1, 0, 0])
  }

  @Test func values_that_are_no_numbers_are_refused() {
    for logits in [[Float.nan, 1], [1, .nan], [.infinity, 0], [-.infinity, -.infinity]] {
      #expect(throws: RuntimeError.notFinite) { try frequencies(.greedy, logits, draws: 1) }
    }
  }
}
