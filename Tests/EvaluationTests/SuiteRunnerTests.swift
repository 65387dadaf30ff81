import JSON
import MLOpsCore
import Synchronization
import Testing

@testable import Evaluation

struct SuiteRunnerTests {
  private func side(_ model: ScriptedModel, prompt: PromptTemplate? = nil) -> EvaluationSide {
    EvaluationSide(
      label: "labeler@v1", digest: Digest(of: Array("v1".utf8)), model: model, prompt: prompt)
  }

  /// What the suite's first metric says of each case.
  private func values(_ run: SuiteRun) -> [Double?] { run.outcomes.map { $0.numbers(0)?[0] } }

  @Test func `every case's answer stands at its place`() async throws {
    let suite = try Suite.numbered(40)
    let model = ScriptedModel { .text(#"{"b":"x","a":\#($0.dropFirst())}"#) }
    let run = try await SuiteRunner(suite: suite).run(side(model))
    #expect(values(run) == Array(repeating: 1, count: 40))
    #expect(run.outcomes[6].output == #"{"b":"x","a":7}"#)
    #expect(model.requests.count == 40)
  }

  @Test func `several answers of a case have seeds of their own and are averaged`() async throws {
    let suite = try Suite.numbered(6, extra: "samples: 4\ntemperature: 0.7")
    let model = ScriptedModel { _ in .text("") }
    model.answering { request in
      request.sampling.seed % 2 == 0 ? #"{"a":1,"b":"x"}"# : #"{"a":2,"b":"x"}"#
    }
    let run = try await SuiteRunner(suite: suite, seed: 10).run(side(model))
    #expect(values(run) == [0.5, 0.5, 0, 0, 0, 0])
    #expect(Set(model.requests.map(\.sampling.seed)) == [10, 11, 12, 13])
    #expect(model.requests.allSatisfy { $0.sampling.temperature == 0.7 })
    #expect(run.outcomes[0].samples.count == 4)
  }

  @Test func `every case is greedy, seeded, and goes through the prompt`() async throws {
    let suite = try Suite.numbered(3, extra: "max_tokens: 5")
    let model = ScriptedModel { _ in .text("{}") }
    let prompt = PromptTemplate(
      system: "S", template: "Q: {{question}}", sampling: Sampling(temperature: 1), stop: ["\n"])
    _ = try await SuiteRunner(suite: suite, seed: 9).run(
      side(model, prompt: prompt))
    #expect(
      model.requests.first
        == GenerationRequest(
          input: .chat([
            ChatMessage(role: .system, content: "S"), ChatMessage(role: .user, content: "Q: q1"),
          ]), maxTokens: 5, sampling: Sampling(temperature: 0, seed: 9), stop: ["\n"]))
  }

  @Test func `a case that fails to run is kept with its reason`() async throws {
    let suite = try Suite.numbered(5)
    let model = ScriptedModel { $0 == "q2" ? .failure(ScriptedModel.Broken()) : .text("") }
    let run = try await SuiteRunner(suite: suite).run(side(model))
    #expect(run.outcomes.map(\.failure) == [nil, "The context is full.", nil, nil, nil])
    #expect(run.outcomes[0].unreadable == "the output is empty")
    #expect(values(run) == [0, nil, 0, 0, 0])
  }

  @Test func `a prompt whose field no case has is refused before anything runs`() async throws {
    let suite = try Suite.numbered(2)
    let model = ScriptedModel { _ in .text("") }
    await #expect(throws: PromptError.self) {
      try await SuiteRunner(suite: suite).run(
        side(model, prompt: PromptTemplate(template: "{{problem}}")))
    }
    #expect(model.requests.isEmpty)
  }

  @Test func `cancelling a run ends it as cancelled and not as failed cases`() async throws {
    let suite = try Suite.numbered(4)
    let model = ScriptedModel { _ in .hangs }
    let task = Task { try await SuiteRunner(suite: suite).run(side(model)) }
    while model.requests.isEmpty { await Task.yield() }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func `progress counts up to all cases`() async throws {
    let suite = try Suite.numbered(12)
    let seen = Mutex<[Int64]>([])
    _ = try await SuiteRunner(suite: suite).run(
      side(ScriptedModel { _ in .text("{}") })
    ) { update in seen.withLock { $0.append(update.done) } }
    #expect(seen.withLock { $0 } == Array(1...12))
  }
}
