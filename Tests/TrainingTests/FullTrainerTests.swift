import Foundation
import MLOpsCore
import ModelRuntime
import SystemPackage
import Testing

@testable import Training

/// Whole trainings of all parameters, from rows to a model that libllama loads.
@Suite(.enabled(if: DenseProducts.isAvailable, "oneDNN is not installed"))
struct FullTrainerTests {
  static func settings(
    _ scope: TrainingConfiguration.Scope = .full, steps: Int = 12,
    _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) -> TrainingConfiguration {
    var settings = TrainingConfiguration(scope: scope)
    settings.maxSteps = steps
    settings.batchTokens = 128
    settings.learningRate = 5e-3
    settings.threads = 2
    settings.seed = 7
    change(&settings)
    return settings
  }

  private func train(
    _ settings: TrainingConfiguration, base: FilePath = TrainerTests.base,
    examples: [TrainingExample] = TrainerTests.examples,
    validation: [TrainingExample] = [], to output: FilePath,
    session: TrainingSession = TrainingSession()
  ) async throws -> TrainingResult {
    try await Trainer.train(
      base: base, examples: examples, validation: validation, configuration: settings,
      output: output, session: session)
  }

  /// The rows as the model sees them.
  private func tokenised(_ base: FilePath) throws -> [TokenisedExample] {
    try TrainingData(
      base: base, examples: TrainerTests.examples, configuration: Self.settings()
    ).examples
  }

  @Test(arguments: FullReference.names)
  func `the loss falls, and libllama says of every token what the trainer says`(name: String)
    async throws
  {
    let folder = try TemporaryFolder()
    let base = Reference.path("tiny-\(name).gguf")
    let before = try Data(contentsOf: URL(filePath: base.string))
    let path = folder.file("model.gguf")
    let settings = Self.settings(steps: 50) { $0.batchTokens = 1024 }
    let result = try await train(
      settings, base: base, validation: TrainerTests.examples, to: path)
    #expect(result.steps == 50)
    #expect(result.finalLoss < 0.3 * result.firstLoss)
    #expect(result.plan.trainableShare > 0.99 && result.plan.trainableShare <= 1)
    #expect(try Data(contentsOf: URL(filePath: base.string)) == before)

    let rows = try tokenised(base)
    let served = try Libllama.losses(of: rows, LlamaModel(path))
    let subject = try FullSubject(path, for: rows)
    _ = try subject.run(rows)
    let computed = try subject.step.losses.floats().prefix(served.count)
    let error = zip(computed, served).map { abs(Double($0) - $1) }.max() ?? .infinity
    // ggml looks GELU up in a table of F16 numbers; ours is computed.
    #expect(error < (["gemma3", "gpt2"].contains(name) ? 1e-2 : 1e-3))
    // What was validated last is what was written, to the rounding of sums in another order.
    let validated = try #require(result.history.validations.last)
    #expect(validated.step == 50)
    let mean = computed.reduce(0) { $0 + Double($1) } / Double(computed.count)
    #expect(abs(mean - validated.loss) < 1e-4 * max(validated.loss, 0.01))
  }

  @Test(arguments: [ModelQuantisation.Mixture.bf16, .f16])
  func `a base in 16 bits gives a model in 16 bits`(type: ModelQuantisation.Mixture) async throws {
    let folder = try TemporaryFolder()
    let (base, path) = (folder.file("base.gguf"), folder.file("model.gguf"))
    _ = try await ModelQuantisation(source: TrainerTests.base, mixture: type).run(to: base)
    let result = try await train(
      Self.settings(steps: 50) { $0.batchTokens = 1024 }, base: base,
      validation: TrainerTests.examples, to: path)
    #expect(result.finalLoss < 0.3 * result.firstLoss)
    let (old, new) = (try GGUFFile(base), try GGUFFile(path))
    #expect(old.tensors.map(\.name) == new.tensors.map(\.name))
    #expect(old.tensors.map(\.type) == new.tensors.map(\.type))
    #expect(old.keys == new.keys)
    let validated = try #require(result.history.validations.last)
    let served = try Libllama.loss(of: tokenised(base), LlamaModel(path))
    // Products run in BF16, whose numbers have two or three digits.
    #expect(abs(served - validated.loss) < 3e-2 * max(validated.loss, 0.3))
  }

  @Test func `equal inputs give an equal file; another seed or rate another`() async throws {
    let folder = try TemporaryFolder()
    for scope in [TrainingConfiguration.Scope.full, .fresh] {
      _ = try await train(Self.settings(scope), to: folder.file("a.gguf"))
      _ = try await train(Self.settings(scope), to: folder.file("b.gguf"))
      _ = try await train(Self.settings(scope) { $0.seed = 8 }, to: folder.file("c.gguf"))
      let first = try folder.bytes("a.gguf")
      #expect(try folder.bytes("b.gguf") == first)
      #expect(try folder.bytes("c.gguf") != first)
    }
  }

  @Test(arguments: [TrainingConfiguration.Scope.full, .fresh], [false, true])
  func `stopped and resumed is as never stopped`(
    scope: TrainingConfiguration.Scope, isNarrow: Bool
  ) async throws {
    let folder = try TemporaryFolder()
    let settings = Self.settings(scope, steps: 9) {
      $0.batchTokens = 48
      $0.accumulate = 2
      $0.precision = isNarrow ? .bf16 : .f32
      $0.checkpointEvery = 4
      $0.validationShare = 0.2
      $0.evalEvery = 3
      $0.earlyStop = 100
    }
    var session = TrainingSession()
    session.title = "whole"
    session.checkpoints = folder.file("checkpoints")
    let straight = try await train(settings, to: folder.file("a.gguf"), session: session)
    // As if the process had been killed after the checkpoint of step 4.
    session.resume = CheckpointFolder(path: folder.file("checkpoints")).all()[1].path
    session.checkpoints = folder.file("others")
    let resumed = try await train(settings, to: folder.file("b.gguf"), session: session)
    #expect(resumed.plan.stepsDone == 4)
    #expect(resumed.history == straight.history)
    #expect(try folder.bytes("b.gguf") == folder.bytes("a.gguf"))
    #expect(try GGUFFile(folder.file("a.gguf"))["general.name"]?.string == "whole")
    // An adapter cannot go on from it.
    var other = settings
    other.scope = .adapter
    await #expect(throws: TrainingError.self) {
      try await train(other, to: folder.file("c.gguf"), session: session)
    }
  }

  @Test(arguments: FullReference.names)
  func `from scratch begins at chance, whatever the base's weights are`(name: String)
    async throws
  {
    let folder = try TemporaryFolder()
    let base = Reference.path("tiny-\(name).gguf")
    let result = try await train(
      Self.settings(.fresh, steps: 50) { $0.batchTokens = 1024 }, base: base,
      to: folder.file("a.gguf"))
    #expect(abs(result.firstLoss - log(264)) < 0.1)
    #expect(result.finalLoss < 0.5 * result.firstLoss)
    _ = try LlamaModel(folder.file("a.gguf"))
  }

  @Test func `fresh weights have the spread that is said, and each tensor numbers of its own`()
    throws
  {
    let file = try GGUFFile(Reference.path("tiny-gpt2.gguf"))
    let dimensions = try DecoderDimensions(GGUFWeights(file))
    let layout = try FullLayout(file, dimensions, isFresh: true)
    let values = try layout.initialValues(seed: 1)
    #expect(try values == layout.initialValues(seed: 1))
    #expect(try values != layout.initialValues(seed: 2))
    var seen: Set<Float> = []
    for entry in layout.entries {
      let own = layout.slice(of: entry, in: values)
      switch entry.role {
      case .gain: #expect(own.allSatisfy { $0 == 1 }, "\(entry.name)")
      case .bias: #expect(own.allSatisfy { $0 == 0 }, "\(entry.name)")
      case .matrix, .residual, .table:
        let expected = entry.role == .residual ? 0.02 / Double(4).squareRoot() : 0.02
        let mean = own.reduce(0) { $0 + Double($1) } / Double(own.count)
        let spread = own.reduce(0) { $0 + Double($1) * Double($1) } / Double(own.count)
        let sureness = expected / Double(own.count).squareRoot()
        #expect(abs(mean) < 4 * sureness, "\(entry.name)")
        #expect(abs(spread.squareRoot() - expected) < 4 * sureness, "\(entry.name)")
        #expect(seen.insert(own[0]).inserted, "\(entry.name)")
      }
    }
  }

  @Test func `a model from scratch keeps tokeniser and shapes, and not whose the base was`()
    throws
  {
    let folder = try TemporaryFolder()
    let sample = Reference.path("").removingLastComponent().removingLastComponent()
      .removingLastComponent().appending("registry/models/labeler-base.gguf")
    let base = try GGUFFile(sample)
    var subject = WeightRewriting(base)
    try subject.write(to: folder.file("copy.gguf")) { _ in nil }
    #expect(try folder.bytes("copy.gguf") == Data(contentsOf: URL(filePath: sample.string)))
    subject.name = "our own"
    subject.dropsOrigin = true
    try subject.write(to: folder.file("fresh.gguf")) { _ in nil }
    let fresh = try GGUFFile(folder.file("fresh.gguf"))
    #expect(fresh["general.name"]?.string == "our own")
    #expect(base["general.author"] != nil && fresh["general.author"] == nil)
    #expect(base["general.description"] != nil && fresh["general.description"] == nil)
    #expect(fresh["general.license"] == base["general.license"])
    let dropped = Set(base.keys).subtracting(fresh.keys)
    #expect(dropped.allSatisfy { $0.hasPrefix("general.") })
    #expect(fresh.tensors.map(\.type) == base.tensors.map(\.type))
    #expect(throws: RuntimeError.self) {
      try subject.write(to: folder.file("bad.gguf")) { tensor in
        [Float](repeating: .nan, count: Int(tensor.elements))
      }
    }
  }

  @Test func `DPO of all parameters compares with the base as it was`() async throws {
    let folder = try TemporaryFolder()
    let pairs: [TrainingExample] = (0..<8).map { index in
      let prompt = [ChatMessage(role: .user, content: "row \(index)")]
      func answer(_ text: String) -> PromptedAnswer {
        .turns(prompt: prompt, answer: [ChatMessage(role: .assistant, content: text)])
      }
      return .pair(chosen: answer("even"), rejected: answer("odd"))
    }
    var settings = Self.settings(steps: 10) { $0.learningRate = 1e-3 }
    settings.method = .dpo(DPOSettings())
    let result = try await train(settings, examples: pairs, to: folder.file("a.gguf"))
    #expect(abs(result.firstLoss - log(2)) < 1e-5)
    #expect(result.finalLoss < 0.8 * result.firstLoss)
    #expect(result.metrics["rewards/accuracies"] == 1)
  }

  @Test func `KTO of all parameters learns which answers are good, against the base as it was`()
    async throws
  {
    let folder = try TemporaryFolder()
    func judged(_ index: Int, _ text: String, isGood: Bool) -> TrainingExample {
      .judged(.text(prompt: "row \(index)", answer: text), isGood: isGood)
    }
    let rows: [TrainingExample] = (0..<8).flatMap { (index: Int) -> [TrainingExample] in
      let isEven = index % 2 == 0
      return [judged(index, "even", isGood: isEven), judged(index, "odd", isGood: !isEven)]
    }
    var settings = Self.settings(steps: 40) {
      $0.batchTokens = 512
      $0.learningRate = 2e-3
      $0.warmup = 0
    }
    settings.method = .kto(KTOSettings())
    let result = try await train(settings, examples: rows, to: folder.file("a.gguf"))
    // The model is the base still: every reward is 0, and so every loss σ(0).
    #expect(abs(result.firstLoss - 0.5) < 1e-5)
    #expect(result.finalLoss < 0.4)
    #expect(result.metrics["rewards/margins"] ?? 0 > 0.5)
    #expect(result.metrics["rewards/chosen"] ?? 0 > result.metrics["rewards/rejected"] ?? 0)
    _ = try await train(settings, examples: rows, to: folder.file("b.gguf"))
    #expect(try folder.bytes("b.gguf") == folder.bytes("a.gguf"))
    _ = try LlamaModel(folder.file("a.gguf"))
  }

  @Test func `what cannot be trained whole is refused, with what to do`() async throws {
    let folder = try TemporaryFolder()
    let base = folder.file("base.gguf")
    _ = try await ModelQuantisation(source: TrainerTests.base, mixture: .q8_0).run(to: base)
    let path = folder.file("a.gguf")
    for scope in [TrainingConfiguration.Scope.full, .fresh] {
      await #expect(
        throws: TrainingError.quantisedBase(tensor: "token_embd.weight", type: "Q8_0")
      ) { try await train(Self.settings(scope), base: base, to: path) }
    }
    #expect(
      TrainingError.quantisedBase(tensor: "a", type: "Q8_0").advice?.contains("--full") == true)
    await #expect(
      throws: TrainingError.invalidConfiguration(
        setting: "dropout", expected: "0 where all parameters are trained", found: "0.1")
    ) { try await train(Self.settings { $0.dropout = 0.1 }, to: path) }
    await #expect(throws: TrainingError.self) {
      try await train(
        Self.settings(.fresh) { $0.method = .dpo(DPOSettings()) }, to: path)
    }
    var session = TrainingSession()
    session.availableMemory = 64 << 20
    do {
      _ = try await train(Self.settings(), to: path, session: session)
      Issue.record("64 MiB were enough")
    } catch TrainingError.notEnoughMemory(let memory, _) {
      // Weights, gradient, two moments, and two copies of three.
      #expect(memory.weights + memory.optimiser >= 40 * 27_000)
    }
    #expect(!FileManager.default.fileExists(atPath: path.string))
  }
}
