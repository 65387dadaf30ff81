import Foundation
import JSON
import Testing

@testable import Training

/// The losses of DPO and KTO against PyTorch's in F64, which equal TRL's; see `Fixtures/`.
@Suite struct PreferenceObjectiveTests {
  private static let reference = try? PreferenceReference()
  private static let places = Array((reference?.cases ?? []).indices)

  @Test(arguments: places)
  func `loss, slopes and metrics equal PyTorch's`(place: Int) throws {
    let reference = try #require(Self.reference)
    let found = reference.cases[place]
    let objective = found.objective(over: reference)
    // Each answer's −ln p lies unevenly on its tokens: the first has it all.
    let losses: [Float] = zip(reference.examples, reference.now).flatMap { example, now in
      [Float(-now)] + [Float](repeating: 0, count: example.targets - 1)
    }
    var slopes = [Float](repeating: .nan, count: losses.count)
    let loss = losses.withUnsafeBufferPointer { losses in
      slopes.withUnsafeMutableBufferPointer { objective.weigh(losses, into: $0) }
    }
    #expect(abs(loss - found.loss) < 1e-6 * max(1, found.loss))
    let expected = zip(reference.examples, found.slopes).flatMap { example, slope in
      [Double](repeating: -slope, count: example.targets)
    }
    // F32 holds the likelihoods.
    let error = zip(slopes, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
    #expect(error < 1e-5 * (expected.map(abs).max() ?? 0))
    let metrics = objective.metrics(of: objective.batch.ratios(losses))
    #expect(metrics.keys.sorted() == found.metrics.keys.sorted())
    for (name, value) in found.metrics {
      #expect(abs((metrics[name] ?? .nan) - value) < 1e-5, "\(name)")
    }
  }

  @Test func `every loss and both methods are among the cases`() throws {
    let methods = try #require(Self.reference).cases.map(\.method)
    #expect(methods.count { $0.name == .kto } == 4)
    let losses = methods.compactMap {
      if case .dpo(let settings) = $0 { settings.loss } else { nil }
    }
    #expect(Set(losses) == Set(DPOSettings.Loss.allCases))
  }

  @Test func `an answer that lost all likelihood keeps the loss and its slopes finite`() {
    let answers = [true, false].map { JudgedBatch.Answer(tokens: 1, reference: 0, isGood: $0) }
    var settings = DPOSettings()
    settings.beta = 1000
    let pair = PairObjective(batch: JudgedBatch(answers: answers), settings: settings)
    for ratios in [[-1e6, 1e6], [1e6, -1e6]] {
      let (loss, pulls) = pair.loss(of: ratios)
      #expect(loss.isFinite && pulls.allSatisfy(\.isFinite))
    }
    let judged = JudgementObjective(
      batch: JudgedBatch(answers: answers), settings: KTOSettings(), divergence: 0)
    #expect(judged.loss(of: [-1e6, -1e6]).loss == 0.5)
  }

  @Test func `a batch without bad answers says nothing of them`() {
    let answers = [JudgedBatch.Answer(tokens: 1, reference: -1, isGood: true)]
    let judged = JudgementObjective(
      batch: JudgedBatch(answers: answers), settings: KTOSettings(), divergence: 0.5)
    #expect(judged.metrics(of: [2]).keys.sorted() == ["kl", "rewards/chosen"])
  }

  @Test(arguments: [
    ("beta", TrainingMethod.dpo(with { $0.beta = 0 })),
    ("beta", .dpo(with { $0.beta = .nan })),
    ("label_smoothing", .dpo(with { $0.labelSmoothing = 0.5 })),
    ("label_smoothing", .dpo(with { ($0.labelSmoothing, $0.loss) = (0.1, .ipo) })),
  ])
  func `settings out of range are refused by their name`(name: String, method: TrainingMethod) {
    #expect {
      try TrainingConfiguration(method: method).validate()
    } throws: { error in
      guard case .invalidConfiguration(let setting, _, _)? = error as? TrainingError else {
        return false
      }
      return setting == name
    }
  }

  @Test func `weights that learn nothing are refused`() {
    var settings = KTOSettings()
    (settings.desirableWeight, settings.undesirableWeight) = (0, 0)
    #expect(throws: TrainingError.self) {
      try TrainingConfiguration(method: .kto(settings)).validate()
    }
    settings.undesirableWeight = 1
    #expect(throws: Never.self) { try TrainingConfiguration(method: .kto(settings)).validate() }
  }

  @Test func `settings are recorded with their method, and SFT's have no others`() {
    let json = TrainingConfiguration(method: .dpo(DPOSettings())).json
    #expect(json["method"] == "dpo")
    #expect(json["beta"]?.double == 0.1)
    #expect(json["loss"] == "sigmoid")
    #expect(json["label_smoothing"]?.double == 0)
    #expect(TrainingConfiguration().json["method"] == "sft")
    #expect(TrainingConfiguration().json["beta"] == nil)
  }

  private static func with(_ change: (inout DPOSettings) -> Void) -> DPOSettings {
    var settings = DPOSettings()
    change(&settings)
    return settings
  }
}
