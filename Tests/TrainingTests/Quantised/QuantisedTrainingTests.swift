import Foundation
import MLOpsCore
import ModelRuntime
import SystemPackage
import Testing

@testable import Training

/// Whole trainings on quantised bases, from rows to an adapter that libllama loads onto them.
@Suite(.enabled(if: DenseProducts.isAvailable, "oneDNN is not installed"), .timeLimit(.minutes(20)))
struct QuantisedTrainingTests {
  private static var settings: TrainingConfiguration {
    var settings = TrainerTests.configuration
    settings.epochs = nil
    settings.maxSteps = 12
    settings.batchTokens = 192
    settings.evalEvery = 12
    settings.learningRate = 3e-3
    return settings
  }

  private func train(
    _ base: FilePath, _ weights: TrainingConfiguration.Weights, to output: FilePath,
    settings: TrainingConfiguration = Self.settings, availableMemory: Int64? = nil
  ) async throws -> TrainingResult {
    var settings = settings
    settings.weights = weights
    var session = TrainingSession()
    session.availableMemory = availableMemory
    return try await Trainer.train(
      base: base, examples: TrainerTests.examples, validation: TrainerTests.examples,
      configuration: settings, output: output, session: session)
  }

  /// The loss of the same rows as libllama computes it with base and adapter.
  private func served(_ base: FilePath, _ adapter: FilePath?) throws -> Double {
    let data = try TrainingData(
      base: base, examples: TrainerTests.examples, configuration: Self.settings)
    let model = try LlamaModel(base)
    return try Libllama.loss(
      of: data.examples, model, adapter: adapter.map { try LoRAAdapterHandle($0, for: model) })
  }

  private static let storages: [QuantisedBaseTests.Storage] = [
    .every(.f16), .every(.q8_0), .every(.q4_0), .every(.q4_K), .every(.q5_K), .every(.q6_K),
    .mixture(.q4_k_m),
  ]

  @Test(arguments: Reference.kernelNames, [QuantisedBaseTests.Storage.mixture(.q4_k_m)])
  func `every architecture learns on a mixture, and its adapter serves what was trained`(
    name: String, storage: QuantisedBaseTests.Storage
  ) async throws { try await learn(name, storage) }

  @Test(arguments: ["qwen2"], storages)
  func `every type is learned on, and its adapter serves what was trained`(
    name: String, storage: QuantisedBaseTests.Storage
  ) async throws { try await learn(name, storage) }

  private func learn(_ name: String, _ storage: QuantisedBaseTests.Storage) async throws {
    let folder = try TemporaryFolder()
    let base = try await QuantisedBaseTests.write(name, storage, in: folder)
    let (first, second) = (folder.file("packed.gguf"), folder.file("expanded.gguf"))
    let packed = try await train(base, .packed, to: first)
    let expanded = try await train(base, .expanded, to: second)
    #expect(packed.plan.weights == .packed && expanded.plan.weights == .expanded)
    #expect(packed.plan.memory.weights <= expanded.plan.memory.weights)
    #expect(packed.history == expanded.history)
    #expect(try folder.bytes("packed.gguf") == folder.bytes("expanded.gguf"))

    let validations = packed.history.validations.map(\.loss)
    #expect(validations.count == 2 && validations[1] < 0.8 * validations[0])
    // Both round activations, to BF16 here and mostly to 8 bits there.
    #expect(abs(try served(base, nil) - validations[0]) < 1.5e-2)
    #expect(abs(try served(base, first) - validations[1]) < 1e-2)
  }

  /// One matrix of each type that ggml can dequantise, in one model.
  @Test func `a base of all types at once trains, packed as expanded`() async throws {
    let folder = try TemporaryFolder()
    let base = folder.file("base.gguf")
    let model = try WideModel("gemma3")
    let types = TensorType.allCases.filter(\.holdsWeights)
    let matrices = model.matrices
    #expect(matrices.count > types.count)
    let assigned = Dictionary(
      uniqueKeysWithValues: matrices.enumerated().map { ($1, types[$0 % types.count]) })
    try model.write(to: base) { assigned[$0] ?? .f32 }
    let packed = try await train(base, .packed, to: folder.file("a.gguf"))
    _ = try await train(base, .expanded, to: folder.file("b.gguf"))
    #expect(try folder.bytes("a.gguf") == folder.bytes("b.gguf"))
    #expect(packed.finalLoss < packed.firstLoss)
    let first = try #require(packed.history.validations.first).loss
    #expect(abs(try served(base, nil) - first) < 1.5e-2)
  }

  @Test(arguments: [TensorType.i32, .q8_K, .f64])
  func `a type that holds no weights is refused by its name`(type: TensorType) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("weight.gguf")
    var writer = GGUFWriter()
    let size = 512 * 4 / type.block.elements * type.block.bytes
    try writer.add(
      "w", dimensions: [512, 4], type: type, data: [UInt8](repeating: 0, count: size))
    try writer.write(to: path)
    for packed in [false, true] {
      let loader = MatrixLoader(
        file: try GGUFFile(path), mapped: try MappedFile(path), element: .bf16,
        keepsPacked: packed, threads: 1)
      #expect {
        _ = try loader.matrix("w", TensorShape(512, 4))
      } throws: {
        ($0 as? TrainingError)?.message.contains(
          "its tensor 'w' has the type \(type.label), which holds no weights") == true
      }
    }
  }

  @Test func `a type that nobody knows is refused before anything is read`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("base.gguf")
    try WideModel("llama").write(to: path) { _ in .q4_0 }
    var bytes = [UInt8](try folder.bytes("base.gguf"))
    // The type of the first tensor: behind its name, 2 dimensions and their count.
    let name = Array("token_embd.weight".utf8)
    let start = try #require(bytes.firstRange(of: name))
    let place = start.upperBound + 4 + 2 * 8
    #expect(bytes[place] == UInt8(TensorType.q4_0.rawValue))
    bytes[place] = 36  // Q4_0_4_8 once, since removed from ggml
    try Data(bytes).write(to: URL(filePath: path.string))
    #expect {
      _ = try GGUFFile(path)
    } throws: {
      "\(($0 as? RuntimeError)?.message ?? "")".contains("36")
    }
  }

  @Test func `a run may go on with its weights lying otherwise`() async throws {
    let folder = try TemporaryFolder()
    let base = folder.file("base.gguf")
    try WideModel("llama").write(to: base) { _ in .q6_K }
    var settings = Self.settings
    settings.maxSteps = 6
    settings.evalEvery = nil
    settings.checkpointEvery = 3
    settings.weights = .expanded
    _ = try await Trainer.train(
      base: base, examples: TrainerTests.examples, configuration: settings,
      output: folder.file("whole.gguf"))
    var session = TrainingSession()
    session.checkpoints = folder.file("checkpoints")
    _ = try await Trainer.train(
      base: base, examples: TrainerTests.examples, configuration: settings,
      output: folder.file("first.gguf"), session: session)
    session.resume = try TrainingCheckpoint(at: folder.file("checkpoints")).path
    settings.weights = .packed
    let result = try await Trainer.train(
      base: base, examples: TrainerTests.examples, configuration: settings,
      output: folder.file("resumed.gguf"), session: session)
    #expect(result.plan.stepsDone == 3 && result.plan.weights == .packed)
    #expect(try folder.bytes("resumed.gguf") == folder.bytes("whole.gguf"))
  }
}
