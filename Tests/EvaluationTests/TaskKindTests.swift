import Foundation
import JSON
import MLOpsCore
import Synchronization
import Testing

@testable import Evaluation

/// A model that finds each text as likely as a function of its context says, and writes nothing.
private final class LikelihoodModel: LanguageModel {
  private let score: @Sendable (String, String) -> ContinuationScore
  private let asked = Mutex<[ModelRequest]>([])

  init(_ score: @escaping @Sendable (String, String) -> ContinuationScore) { self.score = score }

  var requests: [ModelRequest] { asked.withLock { $0 } }

  func stream(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
    AsyncThrowingStream { $0.finish() }
  }

  func score(context: String, continuations: [String]) async throws -> [ContinuationScore] {
    continuations.map { score(context, $0) }
  }

  func answer(
    _ requests: [ModelRequest],
    deliver: @Sendable (Int, Result<(ModelAnswer, ModelTimings), any Error>) -> Void
  ) async throws {
    asked.withLock { $0 += requests }
    let timings = ModelTimings(firstToken: 0.5, total: 1, promptTokens: 9)
    for (index, request) in requests.enumerated() {
      switch request {
      case .score(let request):
        guard case .text(let context) = request.input else { continue }
        deliver(
          index, .success((.scores(request.continuations.map { score(context, $0) }), timings)))
      case .rolling(let text): deliver(index, .success((.rolling(score("", text)), timings)))
      case .generate: deliver(index, .failure(InferenceError.unsupported(what: "write")))
      }
    }
  }
}

/// Suites of every kind of task, through a run and to a metric's number.
struct TaskKindTests {
  private func run(_ yaml: String, _ model: some LanguageModel) async throws -> (Suite, SuiteRun) {
    let suite = try Suite(yaml: yaml, file: "s.yaml") { _ in [] }
    let side = EvaluationSide(
      label: "m@v1", digest: Digest(of: Array("m".utf8)), model: model, bytes: 1000)
    return (suite, try await SuiteRunner(suite: suite).run(side))
  }

  private func values(_ suite: Suite, _ run: SuiteRun) -> [String: Double] {
    var values: [String: Double] = [:]
    for (place, metric) in suite.metrics.enumerated() {
      let rows = run.outcomes.compactMap { $0.numbers(place) }.flatMap { $0 }
      values[metric.description] = rows.isEmpty ? .nan : metric.value(of: rows)
    }
    return values
  }

  private static let choices = """
    name: c
    task: multiple_choice
    format: text
    template: "Q: {{q}}\\nA:"
    input: q
    expected: a
    choices: options
    metrics: [accuracy, accuracy_norm, accuracy_bytes, accuracy_tokens, brier, ece, "f1:macro"]
    cases:
      - {q: one, a: 0, options: [yes please, no]}
      - {q: two, a: "no", options: ["yes please", "no"]}
      - {q: three, a: [0, 1], options: ["예", "no"]}

    """

  @Test func `choices are compared by likelihood, by length where asked`() async throws {
    let model = LikelihoodModel { _, text in
      // Longer texts are less likely as a whole, and more by the character.
      let known: [String: Double] = [" yes please": -2.5, " no": -2.0, " 예": -1.0]
      let likelihood = known[text] ?? -9
      return ContinuationScore(
        logLikelihood: likelihood, tokens: text == " yes please" ? 2 : 1, isGreedy: false)
    }
    let (suite, run) = try await run(Self.choices, model)
    let values = values(suite, run)
    #expect(values["accuracy"] == 2.0 / 3)
    #expect(values["accuracy_norm"] == 2.0 / 3)
    #expect(values["accuracy_tokens"] == 2.0 / 3)
    #expect(run.outcomes.map { $0.numbers(0)?[0] } == [0, 1, 1])
    #expect(run.outcomes.map { $0.numbers(1)?[0] } == [1, 0, 1])
    // The bytes of 예 are three: −1/3 against −2/2.
    #expect(run.outcomes.map { $0.numbers(2)?[0] } == [1, 0, 1])
    #expect(run.outcomes[0].output == "no")
    #expect(
      model.requests.first
        == .score(
          ScoringRequest(input: .text("Q: one\nA:"), continuations: [" yes please", " no"])))
    // Confidence 1/(1 + e^-0.5) twice, 1/(1 + e^-1) once; Brier of the choice taken.
    let (p, r) = (0.6224593312018546, 0.7310585786300049)
    let brier = (p * p + (1 - p) * (1 - p) + (1 - r) * (1 - r)) / 3
    #expect(abs((values["brier"] ?? 0) - brier) < 1e-12)
    #expect((values["ece"] ?? 0) > 0)
  }

  @Test(arguments: [
    ("a: 2", "the right answer is the choice 2, but there are 2, counted from 0"),
    ("a: maybe", "is neither a place among the choices nor one of them"),
    ("a: []", "the case names no right choice"),
    ("a: 0, options: [x]", "'options' must be a list of at least two choices"),
    ("a: 0, options: [x, x]", "a choice occurs twice"),
    ("a: 0, options: [x, '']", "a choice is empty"),
  ])
  func `a case that cannot be chosen in is refused with its place`(members: String, reason: String)
    throws
  {
    let options = members.contains("options") ? "" : ", options: [p, q]"
    let head = Self.choices.components(separatedBy: "cases:")[0]
    let error = #expect(throws: EvaluationError.self) {
      try Suite(yaml: head + "cases:\n  - {q: one, \(members)\(options)}\n", file: "s.yaml") { _ in
        []
      }
    }
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("s.yaml:10:") == true, "\(error?.message ?? "")")
  }

  @Test func `the likelihood of expected texts becomes a perplexity`() async throws {
    let model = LikelihoodModel { _, text in
      ContinuationScore(
        logLikelihood: text == " b c" ? -4 : -2, tokens: text == " b c" ? 2 : 1,
        isGreedy: text != " b c")
    }
    let (suite, run) = try await run(
      """
      name: l
      task: loglikelihood
      format: text
      template: "{{q}}"
      input: q
      expected: a
      metrics: [perplexity, greedy_match, log_likelihood]
      cases: [{q: a, a: b c}, {q: a, a: d}]
      """, model)
    let values = values(suite, run)
    #expect(abs((values["perplexity"] ?? 0) - 7.38905609893065) < 1e-12)
    #expect(values["greedy_match"] == 0.5)
    #expect(values["log_likelihood"] == -3)
  }

  @Test(arguments: ["multiple_choice\nchoices: [x, y]", "loglikelihood"])
  func `the border between question and text is the suite's`(task: String) async throws {
    let model = LikelihoodModel { _, _ in
      ContinuationScore(logLikelihood: -1, tokens: 1, isGreedy: true)
    }
    func yaml(_ border: String) -> String {
      """
      name: b
      task: \(task)
      format: text
      template: "{{q}}"
      input: q
      expected: a
      cases: [{q: Q, a: x}]

      """ + border
    }
    let (usual, _) = try await run(yaml(""), model)
    let (named, _) = try await run(yaml("border: token"), model)
    let (counted, _) = try await run(yaml("border: count"), model)
    #expect(named.digest == usual.digest)
    #expect(counted.digest != usual.digest)
    let texts = task == "loglikelihood" ? [" x"] : [" x", " y"]
    let asked = [ScoringRequest.Border.token, .token, .count].map {
      ModelRequest.score(ScoringRequest(input: .text("Q"), continuations: texts, border: $0))
    }
    #expect(model.requests == asked)
    let release = Digest(of: Array("r".utf8))
    #expect(Set(asked.map { AnswerKey($0, release: release, engine: "") }).count == 2)
    do {
      _ = try Suite(yaml: yaml("border: tokens"), file: "b.yaml") { _ in [] }
      Issue.record("accepted")
    } catch {
      #expect("\(error)".contains("border cannot be"), "\(error)")
    }
  }

  @Test func `a whole text is scored without question or answer`() async throws {
    let model = LikelihoodModel { _, text in
      ContinuationScore(logLikelihood: -6.931471805599453, tokens: 5, isGreedy: false)
    }
    let (suite, run) = try await run(
      """
      name: p
      task: perplexity
      input: text
      cases: [{text: one two}]
      """, model)
    #expect(model.requests == [.rolling(text: "one two")])
    let values = values(suite, run)
    // 10 bits over 2 words and 7 bytes.
    #expect(abs((values["word_perplexity"] ?? 0) - 32) < 1e-9)
    #expect(abs((values["bits_per_byte"] ?? 0) - 10.0 / 7) < 1e-9)
  }

  @Test func `a model that cannot do what is asked fails its cases, not the run`() async throws {
    let model = LikelihoodModel { _, _ in
      ContinuationScore(logLikelihood: 0, tokens: 1, isGreedy: true)
    }
    let (_, run) = try await run(
      """
      name: t
      task: latency
      input: q
      template: "{{q}}"
      max_tokens: 4
      cases: [{q: a}, {q: b}]
      """, model)
    #expect(run.outcomes.map(\.failure) == Array(repeating: "The model cannot write.", count: 2))
  }

  @Test func `a case whose scores are no numbers failed to run, and is not wrong`() async throws {
    let model = LikelihoodModel { _, _ in
      ContinuationScore(logLikelihood: .nan, tokens: 1, isGreedy: false)
    }
    let (suite, run) = try await run(Self.choices, model)
    #expect(
      run.outcomes.map(\.failure)
        == Array(repeating: "The model's scores are not numbers.", count: 3))
    let error = #expect(throws: EvaluationError.self) {
      try EvaluationReport(suite: suite, baseline: run, candidate: run)
    }
    #expect(error?.kind.exitCode == 1)
    #expect(
      error?.message
        == "The evaluation could not be measured: 3 of 3 cases of m@v1 failed to run, the first, 'case-1', because: The model's scores are not numbers.",
      "\(error?.message ?? "")")
  }

  @Test(arguments: [
    (#"filters: [last_number]"#, "It is 12, so 3 4", "4"),
    ("filters: [{regex: 'x (\\d+)'}]", "y\nx 42", "42"),
    (#"filters: [{after: "</think>"}, trim, lowercase]"#, "no</think> YES ", "yes"),
    (#"filters: [trim]"#, "  7\n", "7"), ("", " 7 \n", "7"),
  ])
  func `filters take the answer out of the output`(key: String, output: String, answer: String)
    throws
  {
    let suite = try Suite(
      yaml: "name: g\ntask: generate\ninput: q\nexpected: a\n\(key)\ncases: [{q: 1, a: x}]",
      file: "s.yaml"
    ) { _ in [] }
    let task = try #require(suite.task as? GenerateTask)
    #expect(task.read(output) == .readable(.string(answer)))
  }

  @Test(arguments: [
    (
      "task: generate\nfilters: [lowercas]",
      "there is no filter 'lowercas' (did you mean 'lowercase'?)"
    ),
    ("task: generate\nfilters: [{regex: '('}]", "'(' is no pattern"),
    ("task: generate\nsamples: 3", "3 samples at temperature 0 are all the same"),
    ("task: generate\ntemperature: 9", "temperature must be a number from 0.0 to 5.0"),
    ("task: generate\nchoices: x", "a suite has no key 'choices'"),
    ("task: multiple_choice", "multiple_choice needs 'choices'"),
    ("task: generate\nformat: text", "the format 'text' needs a 'template' in the suite"),
    ("task: generate\nmetrics: [bleu: 14a]", "'14a' is not known here (did you mean '13a'?)"),
    ("task: generate\nmetrics: [pass_at: x]", "expected a whole number from 1 to 1000, found 'x'"),
    ("task: generate\nmetrics: [regex: '[']", "'[' is no pattern"),
    (
      "task: generate\nmetrics: [bleu]\ngate: {checks: [{metric: bleu}], margin: 1}",
      "with 'checks' this belongs into one of them"
    ),
    (
      "task: generate\ngate: {budgets: {byts: 3}}",
      "budgets has no key 'byts' (did you mean 'bytes'?)"
    ),
  ])
  func `wrong settings are told with their place`(settings: String, reason: String) throws {
    let error = #expect(throws: EvaluationError.self) {
      try Suite(
        yaml: "name: g\n\(settings)\ninput: q\nexpected: a\ncases: [{q: 1, a: x}]", file: "s.yaml"
      ) { _ in [] }
    }
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("s.yaml:") == true)
  }
}
