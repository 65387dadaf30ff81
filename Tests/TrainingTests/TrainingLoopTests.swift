import Foundation
import JSON
import MLOpsCore
import ModelRuntime
import Synchronization
import SystemPackage
import Testing

@testable import Training

/// What the loop does besides steps: accumulation, validation, an early end, the length of a run.
@Suite struct TrainingLoopTests {
  private func train(
    _ settings: TrainingConfiguration, examples: [TrainingExample] = TrainerTests.examples,
    validation: [TrainingExample] = [], to output: FilePath,
    session: TrainingSession = TrainingSession(),
    progress: @escaping @Sendable (TrainingEvent) -> Void = { _ in }
  ) async throws -> TrainingResult {
    try await Trainer.train(
      base: TrainerTests.base, examples: examples, validation: validation,
      configuration: settings, output: output, session: session, progress: progress)
  }

  @Test func `the loss of accumulated batches is that of one batch of all of them`() async throws {
    let folder = try TemporaryFolder()
    var whole = TrainerTests.configuration
    whole.epochs = 2
    whole.batchTokens = 4096
    whole.precision = .f32
    var parts = whole
    parts.batchTokens = 48
    parts.accumulate = 1000
    let one = try await train(whole, to: folder.file("a.gguf"))
    let many = try await train(parts, to: folder.file("b.gguf"))
    #expect(one.steps == 2)
    #expect(many.steps == 2)
    // F32 sums in another order.
    for (a, b) in zip(one.history.losses, many.history.losses) { #expect(abs(a - b) < 1e-4 * a) }
    let (a, b) = try (
      GGUFFile(folder.file("a.gguf")), GGUFFile(folder.file("b.gguf"))
    )
    for tensor in a.tensors {
      let other = try #require(b.tensor(tensor.name))
      let pairs = zip(try a.floats(of: tensor), try b.floats(of: other))
      // AdamW's first steps go by the sign of a gradient; where that is near 0, rounding decides.
      let far = pairs.count { abs($0 - $1) > 2e-3 }
      #expect(far < 8, "\(tensor.name)")
    }
  }

  @Test func `every operation of the steps is timed, and its products are counted`() async throws {
    let folder = try TemporaryFolder()
    var settings = TrainerTests.configuration
    settings.epochs = nil
    settings.maxSteps = 3
    let result = try await train(settings, to: folder.file("a.gguf"))
    let linear = try #require(result.operations.first { $0.name == "linear" })
    // Forward and backward multiply every weight of a block with every token.
    let dimensions = try DecoderDimensions(GGUFWeights(GGUFFile(TrainerTests.base)))
    let runs = 3 * dimensions.blocks
    #expect(linear.runs % runs == 0)
    #expect(linear.runs >= 4 * runs)
    #expect(linear.productOperations > 0)
    let norms = result.operations.filter { $0.name.lowercased().contains("norm") }
    #expect(!norms.isEmpty)
    #expect(norms.allSatisfy { $0.productOperations == 0 && $0.runs > 0 })
    let spent = result.operations.reduce(0) { $0 + $1.seconds }
    #expect(spent > 0)
    #expect(spent <= result.seconds)
  }

  @Test(arguments: [1, 2, 5])
  func `max steps are the steps made, over as many epochs as they take`(accumulate: Int)
    async throws
  {
    let folder = try TemporaryFolder()
    var settings = TrainerTests.configuration
    settings.epochs = nil
    settings.maxSteps = 9
    settings.batchTokens = 64
    settings.accumulate = accumulate
    let result = try await train(settings, to: folder.file("a.gguf"))
    #expect(result.steps == 9)
    #expect(result.plan.steps == 9)
    #expect(result.plan.epochs > 1)
  }

  @Test func `validation is the loss of the rows held out, and changes nothing`() async throws {
    let folder = try TemporaryFolder()
    var settings = TrainerTests.configuration
    settings.validationShare = 0
    settings.dropout = 0.3
    settings.precision = .f32
    let without = try await train(settings, to: folder.file("a.gguf"))
    settings.evalEvery = 1
    let with = try await train(
      settings, validation: TrainerTests.examples, to: folder.file("b.gguf"))
    #expect(without.history.validations.isEmpty)
    #expect(with.history.validations.map(\.step) == Array(0...with.steps))
    #expect(try folder.bytes("a.gguf") == folder.bytes("b.gguf"))

    // Without dropout and with everything in one batch, it is the loss of the next step.
    settings.dropout = 0
    settings.batchTokens = 4096
    let equal = try await train(
      settings, validation: TrainerTests.examples, to: folder.file("c.gguf"))
    for (validation, loss) in zip(equal.history.validations, equal.history.losses) {
      #expect(abs(validation.loss - loss) < 1e-5 * loss)
    }
  }

  @Test func `rows held out are not trained on`() async throws {
    var settings = TrainerTests.configuration
    settings.validationShare = 0.25
    let data = try TrainingData(
      base: TrainerTests.base, examples: TrainerTests.examples, configuration: settings)
    #expect(data.validation.count == 3)
    #expect(data.examples.count == 9)
    #expect(Set(data.validation.map(\.row)).isDisjoint(with: data.examples.map(\.row)))
    settings.seed = 1
    let other = try TrainingData(
      base: TrainerTests.base, examples: TrainerTests.examples, configuration: settings)
    #expect(other.validation.map(\.row) != data.validation.map(\.row))
  }

  @Test func `an early end keeps the adapter of the lowest validation`() async throws {
    let folder = try TemporaryFolder()
    var settings = TrainerTests.configuration
    settings.epochs = nil
    settings.maxSteps = 400
    settings.batchTokens = 64
    settings.evalEvery = 4
    settings.earlyStop = 3
    settings.warmup = 0
    settings.schedule = .constant
    // What is learned here is the opposite of what is validated.
    let contrary: [TrainingExample] = (0..<12).map { index in
      .conversation([
        ChatMessage(role: .user, content: "row \(index)"),
        ChatMessage(role: .assistant, content: index % 2 == 1 ? "even" : "홀수"),
      ])
    }
    let notices = Mutex<[TrainingNotice]>([])
    let result = try await train(settings, validation: contrary, to: folder.file("a.gguf")) {
      if case .noticed(let notice) = $0 { notices.withLock { $0.append(notice) } }
    }
    #expect(result.stoppedEarly)
    #expect(result.steps < 400)
    let best = try #require(result.history.bestTrained)
    #expect(result.keptStep == best.step)
    // The base counts: three validations that are not below the lowest, its own included.
    let lowest = try #require(result.history.best)
    #expect(result.history.validations.allSatisfy { $0.loss >= lowest.loss })
    #expect(result.history.validations.count { $0.step > lowest.step } == 3)
    #expect(
      notices.withLock { $0.map(\.code) } == (lowest.step == 0 ? ["training.no_gain"] : []))

    // The adapter is that of a run that ends at the best step.
    settings.earlyStop = nil
    settings.maxSteps = best.step
    _ = try await train(settings, validation: contrary, to: folder.file("b.gguf"))
    #expect(try folder.bytes("a.gguf") == folder.bytes("b.gguf"))
  }

  @Test func `the base is the best where no step comes below it, and no result all the same`() {
    var history = TrainingHistory()
    #expect(history.best == nil && history.noGain == nil)
    history.validations = [.init(step: 0, loss: 2)]
    #expect(history.best?.step == 0 && history.bestTrained == nil && history.noGain == nil)
    #expect(history.validationsWithoutGain == 0)
    history.validations += [.init(step: 5, loss: 2.5), .init(step: 10, loss: 2.25)]
    #expect(history.best?.step == 0 && history.bestTrained?.step == 10)
    #expect(history.validationsWithoutGain == 2)
    #expect(history.noGain?.contains("2.0000 before the first step") == true)
    #expect(history.noGain?.contains("2.2500 at best, after step 10") == true)
    history.validations += [.init(step: 15, loss: 1.5), .init(step: 20, loss: 1.5)]
    #expect(history.best?.step == 15 && history.bestTrained?.step == 15 && history.noGain == nil)
    #expect(history.validationsWithoutGain == 1)
  }

  @Test func `settings that only validations give a meaning to are refused without rows for them`()
    async throws
  {
    let folder = try TemporaryFolder()
    for path in [\TrainingConfiguration.earlyStop, \.evalEvery] {
      var settings = TrainerTests.configuration
      settings[keyPath: path] = 2
      await #expect(throws: TrainingError.self) {
        _ = try await train(settings, to: folder.file("a.gguf"))
      }
      settings.validationShare = 0.25
      _ = try await train(settings, to: folder.file("a.gguf"))
    }
  }

  @Test func `a longest row beyond the base's context is refused, not shortened`() async throws {
    let folder = try TemporaryFolder()
    var settings = TrainerTests.configuration
    settings.maxLength = 129
    await #expect(
      throws: TrainingError.invalidConfiguration(
        setting: "context", expected: "at most 128, the context of the base", found: "129")
    ) { _ = try await train(settings, to: folder.file("a.gguf")) }
    settings.maxLength = 128
    _ = try await train(settings, to: folder.file("a.gguf"))
  }

  @Test func `rows that are on both sides are counted, whatever their number`() throws {
    let settings = TrainerTests.configuration
    let others: [TrainingExample] = [.completion(prompt: "a", completion: "b")]
    for (heldOut, count) in [(others, 0), (others + TrainerTests.examples.prefix(3), 3)] {
      let data = try TrainingData(
        base: TrainerTests.base, examples: TrainerTests.examples, validation: heldOut,
        configuration: settings)
      #expect(data.repeatedValidationRows == count)
    }
    // Held out of rows that occur twice.
    var share = settings
    share.validationShare = 0.25
    let twice = try TrainingData(
      base: TrainerTests.base, examples: TrainerTests.examples + TrainerTests.examples,
      configuration: share)
    let learned = Set(twice.examples.map(\.row))
    let expected = twice.validation.count {
      learned.contains($0.row > 12 ? $0.row - 12 : $0.row + 12)
    }
    #expect(expected > 0 && twice.repeatedValidationRows == expected)
  }

  @Test func `what changes no result is no part of what a version says`() {
    var settings = TrainerTests.configuration
    let before = settings.deciding
    settings.recompute = .layers
    settings.weights = .packed
    settings.checkpointEvery = 3
    #expect(settings.deciding == before)
    #expect(settings.json["recompute"] == "layers")
    settings.seed += 1
    #expect(settings.deciding != before)
  }

  @Test func `a training that does not fit is refused before it begins`() async throws {
    let folder = try TemporaryFolder()
    var session = TrainingSession()
    session.availableMemory = 1 << 20
    do {
      _ = try await train(
        TrainerTests.configuration, to: folder.file("a.gguf"), session: session)
      Issue.record("it began")
    } catch TrainingError.notEnoughMemory(let memory, let available) {
      #expect(available == 1 << 20)
      #expect(memory.weights > 0 && memory.activations > 0 && memory.optimiser > 0)
    }
  }

  @Test(arguments: Reference.names, [128, 1024])
  func `the estimate of intermediate results is near what the graph takes`(
    name: String, tokens: Int
  ) throws {
    guard DenseProducts.isAvailable else { return }
    let base = Reference.path("tiny-\(name).gguf")
    let rows: [TrainingExample] = (0..<200).map {
      .completion(prompt: "row \($0) is a little longer", completion: " answer \($0 * 7919)")
    }
    var settings = TrainerTests.configuration
    settings.batchTokens = tokens
    settings.epochs = 1
    settings.validationShare = 0
    let data = try TrainingData(base: base, examples: rows, configuration: settings)
    let engine = try TrainingEngine(
      base, data: data, availableMemory: nil, on: ComputeBackend(threads: 1))
    let share = Double(engine.memory.activations) / Double(engine.computer.byteCount)
    // Of two blocks little is kept, and what is in hand at once weighs more than it will.
    #expect((0.8...2).contains(share), "\(engine.memory.activations) \(engine.computer.byteCount)")
  }

  @Test func `few rows and many get what suits them, and what was said stays`() {
    let open = TrainingConfiguration()
    let few = open.chosen(for: .init(rows: 199, tokens: 20_000))
    #expect(few.epochs == 3)
    #expect(few.validationShare == 0)
    let some = open.chosen(for: .init(rows: 200, tokens: 20_000))
    #expect(some.validationShare == 0.05)
    #expect(some.batchTokens == 1024)
    let many = open.chosen(for: .init(rows: 200_000, tokens: 40_000_000))
    #expect(many.epochs == 1)
    #expect(many.batchTokens == 4096)
    #expect(many.validationShare == 0.005)
    var said = open
    said.maxSteps = 10
    said.batchTokens = 64
    said.validationShare = 0.5
    let kept = said.chosen(for: .init(rows: 200_000, tokens: 40_000_000))
    #expect(kept == said)
    #expect(open.validationInterval(steps: 95) == 10)
    #expect(open.validationInterval(steps: 3) == 1)
  }
}
