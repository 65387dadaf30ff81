import Foundation
import JSON
import MLOpsCore
import Synchronization
import Testing

@testable import Evaluation

/// A store in memory, through the bytes that a real one keeps.
private final class MemoryStore: AnswerStore {
  private let kept = Mutex<[AnswerKey: Data]>([:])
  private let breaks: Bool

  init(breaks: Bool = false) { self.breaks = breaks }

  var count: Int { kept.withLock { $0.count } }

  func answers(to keys: [AnswerKey]) throws -> [StoredAnswer?] {
    kept.withLock { kept in keys.map { kept[$0].flatMap(StoredAnswer.init(bytes:)) } }
  }

  func keep(_ answers: [(key: AnswerKey, answer: StoredAnswer)]) throws {
    if breaks { throw ScriptedModel.Broken() }
    kept.withLock { kept in for one in answers { kept[one.key] = one.answer.bytes } }
  }
}

struct AnswerStoreTests {
  private func side(_ model: ScriptedModel, _ release: String = "v1", engine: String = "e")
    -> EvaluationSide
  {
    EvaluationSide(
      label: "m@\(release)", digest: Digest(of: Array(release.utf8)), model: model, engine: engine)
  }

  @Test func `when time is up, what was answered is kept and the next run goes on there`()
    async throws
  {
    let store = MemoryStore()
    let suite = try Suite.numbered(8)
    let slow = ScriptedModel { ["q5", "q6"].contains($0) ? .hangs : .text("{}") }
    func run(_ model: ScriptedModel, _ limit: Duration, _ store: MemoryStore?) async throws
      -> SuiteRun
    {
      try await SuiteRunner(suite: suite).run(
        side(model), answers: store, deadline: Deadline(in: limit))
    }
    let late = await #expect(throws: EvaluationError.self) {
      try await run(slow, .milliseconds(300), store)
    }
    #expect(
      late
        == .outOfTime(
          limit: .milliseconds(300), side: "m@v1", answered: store.count, of: 8, areKept: true))
    #expect(store.count == 6)
    let quick = ScriptedModel { _ in .text("{}") }
    #expect(try await run(quick, .seconds(60), store).answersFound == 6)
    #expect(quick.requests.count == 2)
    let unkept = await #expect(throws: EvaluationError.self) {
      try await run(slow, .milliseconds(100), nil)
    }
    #expect(unkept?.advice?.contains("--no-cache") == true)
  }

  @Test func `a second run asks nothing and comes to the same`() async throws {
    let store = MemoryStore()
    let suite = try Suite.numbered(30)
    let model = ScriptedModel { .text(#"{"b":"x","a":\#($0.dropFirst())}"#) }
    let first = try await SuiteRunner(suite: suite).run(side(model), answers: store)
    let again = ScriptedModel { _ in .text("another") }
    let second = try await SuiteRunner(suite: suite).run(side(again), answers: store)
    #expect(again.requests.isEmpty)
    #expect(second.outcomes.map(\.output) == first.outcomes.map(\.output))
    #expect(first.answersFound == 0 && second.answersFound == 30)
    #expect(second.outcomes.map { $0.numbers(0) } == first.outcomes.map { $0.numbers(0) })
    // A suite with more cases asks those.
    let longer = try await SuiteRunner(suite: try .numbered(33)).run(side(again), answers: store)
    #expect(again.requests.count == 3)
    #expect(longer.answersFound == 30)
  }

  @Test(arguments: ["release", "engine", "seed", "tokens"])
  func `another release, engine or decoding is asked for itself`(what: String) async throws {
    let store = MemoryStore()
    let model = ScriptedModel { _ in .text("{}") }
    _ = try await SuiteRunner(suite: try .numbered(3)).run(side(model), answers: store)
    let suite = try Suite.numbered(3, extra: what == "tokens" ? "max_tokens: 7" : "")
    _ = try await SuiteRunner(suite: suite, seed: what == "seed" ? 1 : 0).run(
      side(model, what == "release" ? "v2" : "v1", engine: what == "engine" ? "f" : "e"),
      answers: store)
    #expect(model.requests.count == 6)
  }

  @Test func `asking anew replaces what was kept`() async throws {
    let store = MemoryStore()
    let suite = try Suite.numbered(3)
    _ = try await SuiteRunner(suite: suite).run(
      side(ScriptedModel { _ in .text("old") }), answers: store)
    let model = ScriptedModel { _ in .text("new") }
    let anew = try await SuiteRunner(suite: suite).run(
      side(model), answers: store, asksAnew: true)
    #expect(anew.outcomes.map(\.output) == ["new", "new", "new"])
    let found = try await SuiteRunner(suite: suite).run(side(model), answers: store)
    #expect(found.outcomes.map(\.output) == ["new", "new", "new"] && model.requests.count == 3)
  }

  @Test func `what failed is asked again, what was answered before the end is kept`() async throws {
    let store = MemoryStore()
    let suite = try Suite.numbered(5)
    let model = ScriptedModel { $0 == "q2" ? .failure(ScriptedModel.Broken()) : .text("{}") }
    _ = try await SuiteRunner(suite: suite).run(side(model), answers: store)
    #expect(store.count == 4)
    let hanging = ScriptedModel { $0 == "q2" ? .hangs : .text("{}") }
    let more = try Suite.numbered(9)
    let task = Task { try await SuiteRunner(suite: more).run(side(hanging), answers: store) }
    while hanging.requests.count < 5 { await Task.yield() }
    try await Task.sleep(for: .milliseconds(200))
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(store.count == 8)
  }

  @Test func `a store that cannot keep is an error, not a silence`() async throws {
    let suite = try Suite.numbered(2)
    await #expect(throws: ScriptedModel.Broken.self) {
      try await SuiteRunner(suite: suite).run(
        side(ScriptedModel { _ in .text("{}") }), answers: MemoryStore(breaks: true))
    }
  }

  @Test(arguments: [
    ModelAnswer.generated(
      Generation(
        text: "한글 \u{0}", reason: .length,
        usage: TokenUsage(promptTokens: 3, completionTokens: 4), likelihoods: [-0.5, -.infinity])),
    .generated(
      Generation(
        text: "", reason: .stop, usage: TokenUsage(promptTokens: 0, completionTokens: 0))),
    .scores([
      ContinuationScore(logLikelihood: -1.25, tokens: 2, isGreedy: true),
      ContinuationScore(logLikelihood: -9, tokens: 1, isGreedy: false),
    ]), .rolling(ContinuationScore(logLikelihood: -1e9, tokens: 70_000, isGreedy: false)),
  ])
  func `every answer comes back, and none of its pieces is taken for one`(answer: ModelAnswer)
    throws
  {
    let stored = StoredAnswer(answer: answer, promptTokens: 12)
    #expect(StoredAnswer(bytes: stored.bytes) == stored)
    for count in 0..<stored.bytes.count {
      #expect(StoredAnswer(bytes: stored.bytes.prefix(count)) == nil)
    }
    #expect(StoredAnswer(bytes: stored.bytes + [0]) == nil)
    var random = SystemRandomNumberGenerator()
    for _ in 0..<300 {
      var bytes = stored.bytes
      bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
      _ = StoredAnswer(bytes: bytes)
    }
  }
}
