import Foundation
import MLOpsCore
import MLOpsTestKit
import SystemPackage
import Testing

@testable import ModelRuntime

/// What an answer does not depend on, bit for bit: `==` of scores and likelihoods compares every bit.
///
/// `MLOPS_ALL_MIXTURES` tries every form of weights, in place of one with 16 and one with fewer bits.
@Suite struct IndependenceTests {
  private static let requests = BatchFixture.all
  private static let mixtures: [ModelQuantisation.Mixture] =
    ProcessInfo.processInfo.environment["MLOPS_ALL_MIXTURES"] == nil
    ? [.f16, .q4_k_m] : ModelQuantisation.Mixture.allCases

  @Test(arguments: [CacheType.f16, .f32], [1, 2])
  func `two runs give the same numbers`(cache: CacheType, threads: Int) async throws {
    let first = try await BatchFixture.values(
      BatchFixture.model(threads: threads, cache: cache), Self.requests)
    let again = try BatchFixture.model(threads: threads, cache: cache)
    #expect(try await BatchFixture.values(again, Self.requests) == first)
    #expect(try await BatchFixture.values(again, Self.requests) == first)
  }

  @Test(arguments: mixtures)
  func `numbers depend on no other request, in no form of weights`(
    mixture: ModelQuantisation.Mixture
  ) async throws {
    let scratch = try Scratch()
    try await checkIndependence(try await BatchFixture.quantised(mixture, in: scratch.path))
  }

  @Test func `numbers depend on no other request with F32 weights and cache`() async throws {
    try await checkIndependence(Fixture.tiny, .f32, context: 2048)
  }

  private func checkIndependence(
    _ path: FilePath, _ cache: CacheType = .f16, context: Int? = nil
  ) async throws {
    func model(shares: Bool = true) throws -> LocalModel {
      try BatchFixture.model(path, cache: cache, context: context, shares: shares)
    }
    let requests = Self.requests
    let all = try await BatchFixture.values(model(), requests)
    let unshared = try model(shares: false)
    #expect(try await BatchFixture.values(unshared, requests) == all)
    for seed: UInt64 in [1, 2] {
      let order = BatchFixture.order(requests.count, seed: seed)
      let shuffled = try await BatchFixture.values(
        model(), order.map { requests[$0] })
      for (place, index) in order.enumerated() { #expect(shuffled[place] == all[index]) }
      let some = Array(order.prefix(5))
      let subset = try await BatchFixture.values(
        model(), some.map { requests[$0] })
      for (place, index) in some.enumerated() { #expect(subset[place] == all[index]) }
    }
    let alone = try model()
    for (index, request) in requests.enumerated() {
      #expect(try await BatchFixture.values(alone, [request]) == [all[index]], "\(index)")
    }
  }

  @Test(arguments: mixtures)
  func `strict generations do not depend on the number of slots, scores never do`(
    mixture: ModelQuantisation.Mixture
  ) async throws {
    let scratch = try Scratch()
    let path = try await BatchFixture.quantised(mixture, in: scratch.path)
    let one = try await BatchFixture.values(
      BatchFixture.model(path, slots: 1, isStrict: true), Self.requests)
    let many = try await BatchFixture.values(
      BatchFixture.model(path, slots: 7, isStrict: true), Self.requests)
    #expect(one == many)
    let loose = try await BatchFixture.values(BatchFixture.model(path, slots: 7), Self.requests)
    for (index, request) in Self.requests.enumerated() {
      if case .generate = request { continue }
      #expect(loose[index] == one[index])
    }
  }

  @Test func `what requests begin with alike is evaluated once, where that is wanted`()
    async throws
  {
    func shared(_ requests: [ModelRequest], _ shares: Bool) async throws -> (Int, Int) {
      let answers = try await BatchFixture.answers(BatchFixture.model(shares: shares), requests)
      let timings = try answers.map { try $0.get().1 }
      return (
        timings.reduce(0) { $0 + $1.sharedTokens }, timings.reduce(0) { $0 + $1.promptTokens }
      )
    }
    for requests in [BatchFixture.scorings, BatchFixture.generations] {
      let (none, all) = try await shared(requests, false)
      #expect(none == 0)
      let (some, same) = try await shared(requests, true)
      #expect(same == all)
      #expect(some > all / 4)
    }
  }
}
