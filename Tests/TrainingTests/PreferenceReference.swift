import Foundation
import JSON
import ModelRuntime
import SystemPackage

@testable import Training

/// What PyTorch says about preference losses on the tiny Qwen2 model; see `Fixtures/make_preference.py`.
struct PreferenceReference {
  struct Case: CustomStringConvertible {
    let method: TrainingMethod
    let loss: Double
    /// Of the loss in each answer's ln p.
    let slopes: [Double]
    let gradient: [Float]
    let metrics: [String: Double]

    /// The objective of this case over the answers of the fixture.
    func objective(over reference: PreferenceReference) -> any JudgedObjective {
      let batch = JudgedBatch(
        answers: zip(reference.examples, reference.base).map {
          JudgedBatch.Answer(tokens: $0.targets, reference: $1, isGood: $0.isGood)
        })
      return switch method {
      case .kto(let settings):
        JudgementObjective(
          batch: batch, settings: settings, divergence: metrics["kl"] ?? .nan)
      case .dpo(let settings): PairObjective(batch: batch, settings: settings)
      case .sft: PairObjective(batch: batch, settings: DPOSettings())
      }
    }

    var description: String { "\(method) \(metrics["kl"] ?? 0)" }
  }

  /// Chosen, rejected, chosen and so on.
  let examples: [TokenisedExample]
  /// ln p of each answer under the base, and under the adapter.
  let base: [Double]
  let now: [Double]
  /// How much likelier answers of the row before are under the adapter, in the mean.
  let moved: Double
  let cases: [Case]

  init() throws {
    let file = Reference.path("preference-qwen2.json").string
    let json = try JSONValue(parsing: [UInt8](Data(contentsOf: URL(filePath: file))))
    func doubles(_ value: JSONValue?) -> [Double] { value?.array?.compactMap(\.double) ?? [] }
    func tokens(_ value: JSONValue?) -> [Int32] {
      value?.array?.compactMap { $0.int.map(Int32.init) } ?? []
    }
    examples = (json["rows"]?.array ?? []).enumerated().flatMap { index, row in
      let question = tokens(row["question"])
      return ["chosen", "rejected"].map { side in
        let answer = tokens(row[side])
        return TokenisedExample(
          row: index + 1, tokens: question + answer,
          isAnswer: question.map { _ in false } + answer.map { _ in true },
          isGood: side == "chosen")
      }
    }
    (base, now) = (doubles(json["base"]), doubles(json["now"]))
    moved = json["moved"]?.double ?? .nan
    cases = (json["cases"]?.array ?? []).map { found in
      Case(
        method: Self.method(found), loss: found["loss"]?.double ?? .nan,
        slopes: doubles(found["slopes"]), gradient: doubles(found["gradient"]).map { Float($0) },
        metrics: (found["metrics"]?.object ?? [:]).compactMapValues(\.double))
    }
  }

  private static func method(_ found: JSONValue) -> TrainingMethod {
    if found["method"] == "kto" {
      var settings = KTOSettings()
      settings.beta = found["beta"]?.double ?? .nan
      settings.desirableWeight = found["desirable_weight"]?.double ?? .nan
      settings.undesirableWeight = found["undesirable_weight"]?.double ?? .nan
      return .kto(settings)
    }
    var settings = DPOSettings()
    settings.beta = found["beta"]?.double ?? .nan
    settings.loss = found["loss_type"]?.string.flatMap(DPOSettings.Loss.init) ?? .sigmoid
    settings.labelSmoothing = found["label_smoothing"]?.double ?? .nan
    return .dpo(settings)
  }

  /// Those whose z₀ is what the answers themselves give.
  var naturalCases: [Case] {
    cases.filter { $0.metrics["kl"].map { abs($0 - max(0, moved)) < 1e-9 } ?? true }
  }
}

/// Steps of kernels over the answers of the fixture, as one batch in their order.
struct PreferenceSubject {
  let computer: PreferenceStepComputer
  let layout: AdapterLayout
  let batch: BatchPlan.Batch
  private let step: DenseStep
  private let backend: ComputeBackend

  init(
    _ method: TrainingMethod, _ examples: [TokenisedExample], order: [Int]? = nil,
    element: GraphElement = .f32
  ) throws {
    let tiny = try Reference("qwen2")
    backend = try ComputeBackend(threads: 2)
    let model = try DenseModel(
      GGUFFile(tiny.modelPath), element: element, keepsQuantised: false, on: backend)
    layout = AdapterLayout(model.dimensions, targets: Set(TargetModule.allCases), rank: tiny.rank)
    let inputs = try DenseBatchInputs(
      tokens: examples.reduce(0) { $0 + $1.length },
      selected: examples.reduce(0) { $0 + $1.targets }, for: model.dimensions, on: backend)
    let scale = tiny.alpha / Float(tiny.rank)
    step = try DenseStep(model, layout: layout, scale: scale, inputs: inputs, on: backend)
    batch = BatchPlan.Batch(epoch: 1, blocks: [order ?? Array(examples.indices)])
    computer = try PreferenceStepComputer(
      examples, batches: [batch], configuration: TrainingConfiguration(method: method),
      model: model, scale: scale, inputs: inputs, step: step, on: backend)
    try computer.begin(isCancelled: { false })
  }

  /// Writes the parameters of the fixture.
  func adapt() throws { try write(Reference("qwen2").parameters) }

  func write(_ parameters: [Float]) throws {
    let padding = [Float](repeating: 0, count: layout.shape.count - parameters.count)
    try computer.parameters.write(parameters + padding)
  }

  /// Each answer token's −ln p under the parameters as they are.
  func losses() throws -> [Float] {
    _ = try computer.compute([batch], index: 0, isCancelled: { false })
    return Array(try step.losses.floats())
  }

  func compute() throws -> (loss: Double, gradient: [Float]) {
    let step = try computer.compute([batch], index: 0, isCancelled: { false })
    return (Double(step?.loss ?? .nan), Array(try computer.gradient.floats().prefix(layout.count)))
  }
}
