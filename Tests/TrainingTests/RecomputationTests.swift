import Foundation
import JSON
import MLOpsCore
import ModelRuntime
import SystemPackage
import Testing

@testable import Training

/// Layers that are computed again for the backward part: the same numbers in less memory.
@Suite(.enabled(if: DenseProducts.isAvailable, "oneDNN is not installed"))
struct RecomputationTests {
  /// Losses and gradient of a step, as bits.
  private func bits(_ subject: DenseSubject, _ samples: [TokenisedExample], step: Int) throws
    -> [UInt32]
  {
    subject.inputs.batch.step = step
    _ = try subject.run(samples)
    return try (subject.step.losses.floats() + subject.step.gradient.floats()).map(\.bitPattern)
  }

  @Test(arguments: Reference.kernelNames, [GraphElement.f32, .bf16])
  func `losses and every gradient are the same, bit for bit`(name: String, element: GraphElement)
    throws
  {
    let folder = try TemporaryFolder()
    let reference = try Reference(name)
    let path = folder.file("deep.gguf")
    try DeepModel.write(name, blocks: 5, to: path)
    for dropout in [0, 0.3] as [Float] {
      let kept = try DenseSubject(
        reference, modelPath: path, element: element, dropout: dropout)
      let again = try DenseSubject(
        reference, modelPath: path, element: element, dropout: dropout, recomputes: true)
      var steps: Set<[UInt32]> = []
      for step in 0..<3 {
        let expected = try bits(kept, reference.examples, step: step)
        #expect(try bits(again, reference.examples, step: step) == expected, "dropout \(dropout)")
        steps.insert(expected)
      }
      // What is left out is another thing in each step, or nothing in any.
      #expect(steps.count == (dropout == 0 ? 1 : 3))
    }
  }

  @Test(arguments: [[.down], [.query], [.value, .output]] as [Set<TargetModule>], [1, 3])
  func `whatever has an adapter, and with any number of threads`(
    targets: Set<TargetModule>, threads: Int
  ) throws {
    let reference = try Reference("qwen2")
    let kept = try DenseSubject(reference, threads: threads, targets: targets)
    let again = try DenseSubject(reference, threads: threads, targets: targets, recomputes: true)
    let expected = try bits(kept, reference.examples, step: 0)
    #expect(try bits(again, reference.examples, step: 0) == expected)
    #expect(try kept.step.gradient.floats().contains { $0 != 0 })
  }

  @Test(arguments: Reference.kernelNames)
  func `a block more takes the memory of its input and no more`(name: String) throws {
    let folder = try TemporaryFolder()
    let reference = try Reference(name)
    func bytes(_ blocks: Int, recomputes: Bool) throws -> Int {
      let path = folder.file("deep-\(blocks).gguf")
      if !FileManager.default.fileExists(atPath: path.string) {
        try DeepModel.write(name, blocks: blocks, to: path)
      }
      return try DenseSubject(reference, modelPath: path, recomputes: recomputes).step.byteCount
    }
    let dimensions = try DecoderDimensions(GGUFWeights(GGUFFile(reference.modelPath)))
    let tokens = reference.examples.reduce(7) { $0 + $1.length }
    let input = tokens * dimensions.width * 4
    let again = try (bytes(12, recomputes: true) - bytes(8, recomputes: true)) / 4
    let kept = try (bytes(12, recomputes: false) - bytes(8, recomputes: false)) / 4
    #expect(again == input)
    #expect(kept > 4 * again, "\(kept), \(again)")
    #expect(try 5 * bytes(12, recomputes: true) < bytes(12, recomputes: false) * 2)
  }

  // MARK: Whole trainings

  private static let rows = TrainerTests.examples

  private static let pairs: [TrainingExample] = (0..<12).map { index in
    let answers = index % 2 == 0 ? ("even", "홀수") : ("홀수", "even")
    return .pair(
      chosen: .text(prompt: "row \(index)", answer: answers.0),
      rejected: .text(prompt: "row \(index)", answer: answers.1))
  }

  private static func settings(_ method: TrainingMethod = .sft) -> TrainingConfiguration {
    var settings = TrainingConfiguration(method: method)
    settings.rank = 4
    settings.maxSteps = 10
    settings.batchTokens = 96
    settings.accumulate = 2
    settings.dropout = 0.2
    settings.learningRate = 1e-2
    settings.threads = 2
    settings.validationShare = 0.2
    settings.evalEvery = 3
    return settings
  }

  private func train(
    _ base: FilePath, _ rows: [TrainingExample], _ settings: TrainingConfiguration,
    to output: FilePath, session: TrainingSession = TrainingSession()
  ) async throws -> TrainingResult {
    try await Trainer.train(
      base: base, examples: rows, configuration: settings, output: output, session: session,
      progress: { _ in })
  }

  @Test(arguments: Reference.kernelNames)
  func `the adapter is the same, bit for bit`(name: String) async throws {
    let folder = try TemporaryFolder()
    let base = folder.file("deep.gguf")
    try DeepModel.write(name, blocks: 4, to: base)
    var settings = Self.settings()
    let kept = try await train(base, Self.rows, settings, to: folder.file("a.gguf"))
    settings.recompute = .layers
    let again = try await train(base, Self.rows, settings, to: folder.file("b.gguf"))
    #expect(try folder.bytes("a.gguf") == folder.bytes("b.gguf"))
    #expect(kept.history == again.history)
    #expect(again.plan.memory.activations < kept.plan.memory.activations)
    #expect(kept.plan.configuration.json["recompute"] == nil)
    #expect(again.plan.configuration.json["recompute"] == "layers")
  }

  @Test func `preferences are learned the same`() async throws {
    let folder = try TemporaryFolder()
    let base = folder.file("deep.gguf")
    try DeepModel.write("qwen2", blocks: 4, to: base)
    var settings = Self.settings(.dpo(DPOSettings()))
    _ = try await train(base, Self.pairs, settings, to: folder.file("a.gguf"))
    settings.recompute = .layers
    _ = try await train(base, Self.pairs, settings, to: folder.file("b.gguf"))
    #expect(try folder.bytes("a.gguf") == folder.bytes("b.gguf"))
  }

  @Test func `a run may go on with it that was begun without`() async throws {
    let folder = try TemporaryFolder()
    let base = Reference.path("tiny-llama.gguf")
    var settings = Self.settings()
    settings.checkpointEvery = 2
    var session = TrainingSession()
    session.checkpoints = folder.file("c")
    _ = try await train(base, Self.rows, settings, to: folder.file("a.gguf"), session: session)
    session.resume = try TrainingCheckpoint(at: folder.file("c")).path
    settings.recompute = .layers
    let resumed = try await train(
      base, Self.rows, settings, to: folder.file("b.gguf"), session: session)
    #expect(resumed.plan.stepsDone > 0)
    #expect(try folder.bytes("a.gguf") == folder.bytes("b.gguf"))
  }

  // MARK: The estimate

  private func engine(_ base: FilePath, _ settings: TrainingConfiguration, memory: Int64? = nil)
    throws -> TrainingEngine
  {
    let rows: [TrainingExample] = (0..<200).map {
      .completion(prompt: "row \($0) is a little longer", completion: " answer \($0 * 7919)")
    }
    let data = try TrainingData(base: base, examples: rows, configuration: settings)
    return try TrainingEngine(
      base, data: data, availableMemory: memory, on: ComputeBackend(threads: 1))
  }

  @Test(arguments: Reference.kernelNames, TrainingConfiguration.Recomputation.allCases)
  func `the estimate is near what the graph takes`(
    name: String, recompute: TrainingConfiguration.Recomputation
  ) throws {
    let folder = try TemporaryFolder()
    let base = folder.file("deep.gguf")
    try DeepModel.write(name, blocks: 12, to: base)
    var settings = Self.settings()
    settings.batchTokens = 1024
    settings.validationShare = 0
    settings.recompute = recompute
    let engine = try engine(base, settings)
    let share = Double(engine.memory.activations) / Double(engine.computer.byteCount)
    #expect(
      (0.9...1.6).contains(share), "\(engine.memory.activations) \(engine.computer.byteCount)")
  }

  @Test func `a refusal offers it where it would do, and only there`() throws {
    let folder = try TemporaryFolder()
    let base = folder.file("deep.gguf")
    try DeepModel.write("llama", blocks: 12, to: base)
    var settings = Self.settings()
    settings.batchTokens = 1024
    let kept = try engine(base, settings).memory
    settings.recompute = .layers
    let again = try engine(base, settings).memory
    #expect(again.total < kept.total)
    func refusal(_ memory: Int64) -> TrainingError? {
      let made = Result { try engine(base, settings, memory: memory) }
      if case .failure(let error) = made { return error as? TrainingError }
      return nil
    }
    // It is already computed again, and does not fit.
    let already = try #require(refusal(again.total - 1))
    #expect(already.facts["with_recompute"] == nil)
    #expect(already.advice?.contains("recompute") == false)
    #expect(refusal(again.total) == nil)
    settings.recompute = .nothing
    let fits = try #require(refusal(again.total))
    #expect(fits.advice?.contains("--recompute layers") == true)
    #expect(fits.facts["with_recompute"] == .integer(again.total))
    let hopeless = try #require(refusal(again.total - 1))
    #expect(hopeless.advice?.contains("--batch-tokens") == true)
    #expect(hopeless.advice?.contains("recompute") == false)
    #expect(refusal(kept.total) == nil)
  }
}
