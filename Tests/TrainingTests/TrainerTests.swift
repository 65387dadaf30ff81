import Foundation
import MLOpsCore
import ModelRuntime
import Synchronization
import SystemPackage
import Testing

@testable import Training

/// Whole trainings of the tiny model, from rows to a file that libllama loads.
@Suite struct TrainerTests {
  static let base = Reference.path("tiny-llama.gguf")

  static let examples: [TrainingExample] = (0..<12).map { index in
    .conversation([
      ChatMessage(role: .user, content: "row \(index)"),
      ChatMessage(role: .assistant, content: index % 2 == 0 ? "even" : "홀수"),
    ])
  }

  static var configuration: TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.rank = 4
    configuration.alpha = 8
    configuration.epochs = 3
    configuration.batchTokens = 128
    configuration.learningRate = 1e-2
    configuration.threads = 2
    configuration.seed = 7
    return configuration
  }

  private func train(
    _ configuration: TrainingConfiguration = Self.configuration,
    examples: [TrainingExample] = Self.examples, to output: FilePath,
    progress: @escaping @Sendable (TrainingEvent) -> Void = { _ in }
  ) async throws -> TrainingResult {
    try await Trainer.train(
      base: Self.base, examples: examples, configuration: configuration, output: output,
      progress: progress)
  }

  @Test func `equal inputs, seed and threads give an equal file; another seed another`()
    async throws
  {
    let folder = try TemporaryFolder()
    _ = try await train(to: folder.file("a.gguf"))
    _ = try await train(to: folder.file("b.gguf"))
    var other = Self.configuration
    other.seed = 8
    _ = try await train(other, to: folder.file("c.gguf"))
    let first = try folder.bytes("a.gguf")
    #expect(try folder.bytes("b.gguf") == first)
    #expect(try folder.bytes("c.gguf") != first)
  }

  @Test func `the loss falls and the base stays as it was`() async throws {
    let folder = try TemporaryFolder()
    let before = try Data(contentsOf: URL(filePath: Self.base.string))
    var configuration = Self.configuration
    configuration.epochs = 20
    let result = try await train(configuration, to: folder.file("a.gguf"))
    #expect(result.finalLoss < 0.3 * result.firstLoss)
    #expect(try Data(contentsOf: URL(filePath: Self.base.string)) == before)
  }

  @Test func `the first loss is the base model's own`() async throws {
    let folder = try TemporaryFolder()
    var configuration = Self.configuration
    configuration.epochs = 1
    configuration.batchTokens = 4096  // one batch of everything
    let result = try await train(configuration, to: folder.file("a.gguf"))
    let data = try TrainingData(
      base: Self.base, examples: Self.examples, configuration: configuration)
    let loss = try Libllama.loss(of: data.examples, LlamaModel(Self.base))
    #expect(result.steps == 1)
    // libllama keeps keys and values in F16; that is the difference.
    #expect(abs(result.firstLoss - loss) < 1e-3 * loss)
  }

  @Test func `too long and answerless rows are counted and left out`() async throws {
    let folder = try TemporaryFolder()
    let rows =
      Self.examples + [
        .completion(prompt: "a", completion: String(repeating: "b", count: 200)),
        .conversation([ChatMessage(role: .user, content: "nobody answers")]),
      ]
    let result = try await train(examples: rows, to: folder.file("a.gguf"))
    #expect(result.tooLongRows == [13])
    #expect(result.answerlessRows == [14])
    #expect(result.rows == 12)
  }

  @Test func `nothing to train on is refused`() async throws {
    let folder = try TemporaryFolder()
    await #expect(
      throws: TrainingError.nothingToTrain(rows: 1, tooLong: 0, withoutAnswer: 1, maxLength: 128)
    ) {
      _ = try await train(
        examples: [.conversation([ChatMessage(role: .user, content: "hm")])],
        to: folder.file("a.gguf"))
    }
  }

  @Test func `a cancelled training ends within a step and leaves no file`() async throws {
    let folder = try TemporaryFolder()
    let steps = Mutex(0)
    var configuration = Self.configuration
    configuration.epochs = 10_000
    let path = folder.file("a.gguf")
    let (started, start) = AsyncStream.makeStream(of: Void.self)
    let training = _Concurrency.Task { [configuration] in
      try await train(configuration, to: path) { event in
        guard case .step = event else { return }
        steps.withLock { $0 += 1 }
        start.yield()
      }
    }
    for await _ in started { break }
    training.cancel()
    await #expect(throws: CancellationError.self) { _ = try await training.value }
    #expect(steps.withLock { $0 } < 10_000)
    #expect(!FileManager.default.fileExists(atPath: path.string))
  }

  @Test func `an exploding training stops and names step and rows`() async throws {
    let folder = try TemporaryFolder()
    var configuration = Self.configuration
    // Overflows on any machine; a loss that climbs by chance is DivergenceWatchTests' subject.
    configuration.learningRate = 10
    configuration.alpha = 1e18
    configuration.warmup = 0
    configuration.clip = 0
    configuration.epochs = 100
    let path = folder.file("a.gguf")
    do {
      _ = try await train(configuration, to: path)
      Issue.record("an overflow did no harm")
    } catch TrainingError.diverged(let step, _, let rows, _, _) {
      #expect(step > 1)
      #expect(!rows.isEmpty)
    }
    #expect(!FileManager.default.fileExists(atPath: path.string))
  }

  @Test func `every step is reported in order`() async throws {
    let folder = try TemporaryFolder()
    let seen = Mutex<[TrainingStep]>([])
    let result = try await train(to: folder.file("a.gguf")) { event in
      if case .step(let step) = event { seen.withLock { $0.append(step) } }
    }
    let steps = seen.withLock { $0 }
    #expect(steps.map(\.step) == Array(1...result.steps))
    #expect(steps.first?.loss == result.firstLoss)
    #expect(steps.allSatisfy { $0.steps == result.steps && $0.gradientNorm > 0 })
  }

  /// The mean negative log-likelihood of the answer tokens, computed by libllama row by row.
}

/// A folder that is removed with the test.
final class TemporaryFolder {
  private let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "training-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func file(_ name: String) -> FilePath { FilePath(url.appending(path: name).path) }
  func bytes(_ name: String) throws -> Data { try Data(contentsOf: url.appending(path: name)) }
}
