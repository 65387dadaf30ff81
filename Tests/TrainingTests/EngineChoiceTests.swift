import JSON
import ModelRuntime
import SystemPackage
import Testing

@testable import Training

/// Kernels, or ggml's own operations where oneDNN is missing.
@Suite struct EngineChoiceTests {
  private static let base = Reference.path("tiny-qwen2.gguf")

  private static var settings: TrainingConfiguration {
    var settings = TrainerTests.configuration
    settings.precision = .f32
    settings.epochs = 1
    settings.batchTokens = 64
    return settings
  }

  private func data(
    _ settings: TrainingConfiguration, validates: Bool = false
  ) throws -> TrainingData {
    try TrainingData(
      base: Self.base, examples: TrainerTests.examples,
      validation: validates ? TrainerTests.examples : [], configuration: settings)
  }

  private func engine(_ data: TrainingData, usesKernels: Bool) throws -> TrainingEngine {
    try TrainingEngine(
      Self.base, data: data, availableMemory: nil, usesKernels: usesKernels,
      on: ComputeBackend(threads: 2))
  }

  @Test func `without oneDNN ggml computes, and says so`() throws {
    let engine = try engine(data(Self.settings), usesKernels: false)
    #expect(engine.products == "ggml")
    #expect(engine.computer is GraphStepComputer)
    #expect(engine.weights == .expanded)
  }

  @Test(.enabled(if: DenseProducts.isAvailable, "oneDNN is not installed"))
  func `with oneDNN kernels compute, and say so`() throws {
    let data = try data(Self.settings)
    let engine = try TrainingEngine(
      Self.base, data: data, availableMemory: nil, on: ComputeBackend(threads: 2))
    #expect(engine.products == "onednn")
    #expect(engine.computer is DenseStepComputer)
  }

  @Test func `methods that compare with the base need kernels`() throws {
    var settings = TrainingConfiguration(method: .dpo(DPOSettings()))
    settings.rank = 4
    settings.threads = 1
    let data = try TrainingData(
      base: Self.base,
      examples: [
        TrainingExample(
          row: ["prompt": "a", "chosen": "b", "rejected": "c"], number: 1, method: .dpo)
      ], configuration: settings)
    #expect {
      _ = try engine(data, usesKernels: false)
    } throws: {
      ($0 as? TrainingError)?.code == "training.needs_kernels"
        && ($0 as? TrainingError)?.message.contains("'dpo'") == true
    }
  }

  @Test func `weights cannot stay packed for ggml's operations`() throws {
    var settings = Self.settings
    settings.weights = .packed
    let data = try data(settings)
    #expect {
      _ = try engine(data, usesKernels: false)
    } throws: {
      guard
        case .invalidConfiguration(setting: "weights", _, found: "packed") =
          $0 as? TrainingError
      else { return false }
      return true
    }
  }

  /// Accumulated batches of ggml's operations: loss, gradient and its norm are those of one batch.
  @Test func `ggml adds the batches of a step together`() throws {
    var settings = Self.settings
    settings.accumulate = 1000
    let parts = try data(settings)
    settings.batchTokens = 4096
    settings.accumulate = 1
    let whole = try data(settings)
    let results = try [parts, whole].map { data in
      let engine = try engine(data, usesKernels: false)
      try engine.computer.parameters.write(
        engine.subject.adapterLayout.initialValues(seed: 3).map { $0 + 0.01 })
      let step = try #require(
        try engine.computer.compute(
          engine.plan.batches[engine.plan.steps[0]], index: 0, isCancelled: { false }))
      return (engine.plan.batches.count, step, try engine.computer.gradient.floats())
    }
    #expect(results[0].0 > 2 && results[1].0 == 1)
    #expect(abs(results[0].1.loss - results[1].1.loss) < 1e-4 * results[1].1.loss)
    #expect(results[0].1.tokens == results[1].1.tokens)
    #expect(
      abs(results[0].1.gradientNorm - results[1].1.gradientNorm) < 1e-3 * results[1].1.gradientNorm)
    #expect(Reference.relativeError(results[0].2, results[1].2) < 1e-3)
  }

  @Test(.enabled(if: DenseProducts.isAvailable, "oneDNN is not installed"))
  func `ggml's validations and steps are those of kernels`() throws {
    let data = try data(Self.settings, validates: true)
    let results = try [false, true].map { usesKernels in
      let engine = try engine(data, usesKernels: usesKernels)
      try engine.computer.parameters.write(
        engine.subject.adapterLayout.initialValues(seed: 3).map { $0 + 0.01 })
      #expect(engine.plan.validation.count > 1)
      let validation = try #require(
        try engine.computer.validate(engine.plan.validation, isCancelled: { false }))
      #expect(
        try engine.computer.validate(engine.plan.validation, isCancelled: { true }) == nil)
      let sum = try engine.plan.batches.indices.reduce(0.0) { sum, index in
        let step = try #require(
          try engine.computer.compute(
            engine.plan.batches[index...index], index: index, isCancelled: { false }))
        let targets = engine.plan.batches[index].blocks.joined().reduce(0) {
          $0 + data.examples[$1].targets
        }
        return sum + Double(step.loss) * Double(targets)
      }
      let targets = data.examples.reduce(0) { $0 + $1.targets }
      return (validation, sum / Double(targets))
    }
    #expect(abs(results[0].0 - results[1].0) < 1e-4 * results[1].0)
    // The rows validated on are those trained on: each way the mean over the same tokens.
    for result in results { #expect(abs(result.0 - result.1) < 1e-4 * result.0) }
  }

  @Test func `a whole run of ggml's operations accumulates, validates and learns`() async throws {
    let folder = try TemporaryFolder()
    var settings = Self.settings
    settings.epochs = 8
    settings.accumulate = 3
    settings.threads = 2
    let data = try data(settings, validates: true)
    var session = TrainingSession()
    session.usesKernels = false
    let result = try TrainingRun(
      basePath: Self.base, data: data, output: folder.file("a.gguf"), session: session
    ).run(isCancelled: { false }, progress: { _ in })
    let validations = result.history.validations
    #expect(validations.count > 2)
    let (first, last) = try (#require(validations.first), #require(validations.last))
    #expect(last.loss < 0.7 * first.loss)
    let model = try LlamaModel(Self.base)
    let served = try Libllama.loss(
      of: data.examples, model, adapter: LoRAAdapterHandle(folder.file("a.gguf"), for: model))
    #expect(abs(served - last.loss) < 1e-3 * first.loss)
  }
}
