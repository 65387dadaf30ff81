import Foundation
import MLOpsCore
import ModelRuntime
import Synchronization
import SystemPackage
import Testing

@testable import Training

/// A training that was stopped and resumed, against one that was not.
@Suite struct ResumeTests {
  private static func settings(_ change: (inout TrainingConfiguration) -> Void = { _ in })
    -> TrainingConfiguration
  {
    var settings = TrainerTests.configuration
    settings.batchTokens = 48
    settings.epochs = nil
    settings.maxSteps = 12
    settings.validationShare = 0.2
    settings.evalEvery = 3
    change(&settings)
    return settings
  }

  private func train(
    _ settings: TrainingConfiguration, _ output: FilePath, session: TrainingSession,
    examples: [TrainingExample] = TrainerTests.examples,
    progress: @escaping @Sendable (TrainingEvent) -> Void = { _ in }
  ) async throws -> TrainingResult {
    try await Trainer.train(
      base: TrainerTests.base, examples: examples, configuration: settings, output: output,
      session: session, progress: progress)
  }

  /// Cancels a training when it has done so many steps; gives what it threw.
  private func stop(
    after step: Int, _ settings: TrainingConfiguration, _ output: FilePath,
    session: TrainingSession
  ) async throws -> TrainingError? {
    let (reached, signal) = AsyncStream.makeStream(of: Void.self)
    let gate = DispatchSemaphore(value: 0)
    let training = _Concurrency.Task {
      try await train(settings, output, session: session) { event in
        guard case .step(let done) = event, done.step == step else { return }
        signal.yield()
        // The training waits here until it is cancelled, so that it stops after this very step.
        gate.wait()
      }
    }
    for await _ in reached { break }
    training.cancel()
    gate.signal()
    do {
      _ = try await training.value
      return nil
    } catch let error as TrainingError {
      return error
    }
  }

  static let variants: [TrainingConfiguration] = [
    settings(),
    settings {
      $0.dropout = 0.2
      $0.accumulate = 3
    },
    settings {
      $0.precision = .bf16
      $0.dropout = 0.1
      $0.earlyStop = 100
    },
    settings {
      $0.maxSteps = nil
      $0.epochs = 3
      $0.accumulate = 2
      $0.schedule = .linear
    },
  ]

  @Test(arguments: variants.indices, [1, 3, 7])
  func `stopped and resumed is as never stopped`(variant: Int, step: Int) async throws {
    let folder = try TemporaryFolder()
    let settings = Self.variants[variant]
    var session = TrainingSession()
    let straight = try await train(settings, folder.file("a.gguf"), session: session)
    try #require(straight.steps > step)

    session.checkpoints = folder.file("first")
    session.name = "run-1"
    let stopped = try await stop(after: step, settings, folder.file("b.gguf"), session: session)
    #expect(stopped == .interrupted(step: step, steps: straight.steps, resume: "run-1"))
    #expect(!FileManager.default.fileExists(atPath: folder.file("b.gguf").string))

    session.resume = try TrainingCheckpoint(at: folder.file("first")).path
    session.checkpoints = folder.file("second")
    let resumed = try await train(settings, folder.file("b.gguf"), session: session)
    #expect(try folder.bytes("b.gguf") == folder.bytes("a.gguf"))
    #expect(resumed.history == straight.history)
    #expect(resumed.finalLoss == straight.finalLoss)
    #expect(resumed.keptStep == straight.keptStep)
    #expect(resumed.plan.stepsDone == step)
  }

  @Test func `stopped twice, and resumed from a periodic checkpoint, is as never stopped`()
    async throws
  {
    let folder = try TemporaryFolder()
    let settings = Self.settings {
      $0.dropout = 0.2
      $0.checkpointEvery = 2
    }
    var session = TrainingSession()
    _ = try await train(settings, folder.file("a.gguf"), session: session)
    session.checkpoints = folder.file("c")
    _ = try await stop(after: 5, settings, folder.file("b.gguf"), session: session)
    #expect(CheckpointFolder(path: folder.file("c")).all().map(\.step) == [5, 4])
    // As if the process had been killed after the periodic one.
    session.resume = CheckpointFolder(path: folder.file("c")).all()[1].path
    _ = try await stop(after: 8, settings, folder.file("b.gguf"), session: session)
    session.resume = try TrainingCheckpoint(at: folder.file("c")).path
    _ = try await train(settings, folder.file("b.gguf"), session: session)
    #expect(try folder.bytes("b.gguf") == folder.bytes("a.gguf"))
  }

  @Test(arguments: [0.0, 30])
  func `a result that cannot be written leaves the last step, where the way to it was long`(
    seconds: Double
  ) async throws {
    let folder = try TemporaryFolder()
    let settings = Self.settings()
    var session = TrainingSession()
    _ = try await train(settings, folder.file("a.gguf"), session: session)
    session.checkpoints = folder.file("c")
    session.worthKeepingSeconds = seconds
    let nowhere = folder.file("missing").appending("b.gguf")
    do {
      _ = try await train(settings, nowhere, session: session)
      Issue.record("it was written")
    } catch let error as TrainingError {
      #expect(error.isAfterLastStep, "\(error)")
    }
    guard seconds == 0 else {
      // A way of seconds is gone again.
      #expect(TrainingCheckpoint.newestStep(in: folder.file("c")) == nil)
      return
    }
    #expect(TrainingCheckpoint.newestStep(in: folder.file("c")) == 12)
    session.resume = try TrainingCheckpoint(at: folder.file("c")).path
    let resumed = try await train(settings, folder.file("b.gguf"), session: session)
    #expect(resumed.steps == 12 && resumed.plan.stepsDone == 12)
    #expect(try folder.bytes("b.gguf") == folder.bytes("a.gguf"))
  }

  @Test func `the seconds between checkpoints hold where no steps were named`() async throws {
    let folder = try TemporaryFolder()
    var session = TrainingSession()
    session.checkpoints = folder.file("c")
    session.checkpointSeconds = 0
    let written = Mutex<[Int]>([])
    _ = try await train(Self.settings(), folder.file("a.gguf"), session: session) {
      if case .checkpoint(let step, _) = $0 { written.withLock { $0.append(step) } }
    }
    #expect(written.withLock { $0 } == Array(1...11))
  }

  @Test func `a checkpoint that cannot be written says what to go on from, if there is anything`()
    async throws
  {
    let folder = try TemporaryFolder()
    var session = TrainingSession()
    session.name = "run-7"
    let settings = Self.settings { $0.checkpointEvery = 4 }
    // The first cannot be: a file is where the folder would be.
    session.checkpoints = folder.file("c")
    try Data().write(to: URL(filePath: folder.file("c").string))
    func failure() async throws -> String? {
      do {
        _ = try await train(settings, folder.file("a.gguf"), session: session)
        return nil
      } catch let error as TrainingError {
        #expect(error.code == "training.checkpoint_unwritable")
        return error.advice
      }
    }
    let none = try #require(try await failure())
    #expect(none.contains("begin anew") && !none.contains("--resume"))
    // The second cannot be: a folder is where the file would be.
    session.checkpoints = folder.file("d")
    try FileManager.default.createDirectory(
      atPath: folder.file("d").appending("step-00000008.checkpoint").appending("x").string,
      withIntermediateDirectories: true)
    let some = try #require(try await failure())
    #expect(some.contains("mlops train --resume run-7"), "\(some)")
  }

  @Test func `other settings, rows or inputs are refused by name`() async throws {
    let folder = try TemporaryFolder()
    let settings = Self.settings()
    var session = TrainingSession()
    session.identity = ["base": "sha256:1"]
    session.checkpoints = folder.file("c")
    _ = try await stop(after: 2, settings, folder.file("b.gguf"), session: session)
    session.resume = try TrainingCheckpoint(at: folder.file("c")).path
    func refusal(
      _ settings: TrainingConfiguration, _ session: TrainingSession,
      examples: [TrainingExample] = TrainerTests.examples
    ) async throws -> [String] {
      do {
        _ = try await train(
          settings, folder.file("b.gguf"), session: session, examples: examples)
        return []
      } catch TrainingError.otherRun(let differences) {
        return differences.map(\.name)
      }
    }
    var other = settings
    other.learningRate = 2e-2
    other.seed = 8
    #expect(
      try await refusal(other, session) == ["learning_rate", "rows", "seed", "validation_rows"])
    var rows = TrainerTests.examples
    rows[3] = .completion(prompt: "x", completion: "y")
    // Which of the two it is depends on whether the row is held out.
    #expect(
      try await refusal(settings, session, examples: rows).allSatisfy {
        $0 == "rows" || $0 == "validation_rows"
      })
    #expect(try await refusal(settings, session, examples: rows).count == 1)
    var moved = session
    moved.identity = ["base": "sha256:2"]
    #expect(try await refusal(settings, moved) == ["base"])
    // What has no effect on the result may be another.
    var often = settings
    often.checkpointEvery = 1
    #expect(try await refusal(often, session) == [])
  }
}
