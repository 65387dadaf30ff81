import JSON
import MLOpsCore
import Synchronization

@testable import Evaluation

/// A model that answers from a script and remembers what it was asked.
final class ScriptedModel: LanguageModel {
  enum Reply: Sendable {
    case text(String)
    case failure(any Error)
    case hangs
  }

  struct Broken: Failure {
    let code = "test.broken"
    let kind = FailureKind.exhausted
    let message = "The context is full."
  }

  private let reply: @Sendable (String) -> Reply
  /// Asked first, where it is set.
  private let answer = Mutex<(@Sendable (GenerationRequest) -> String)?>(nil)
  private let state = Mutex((requests: [GenerationRequest](), inFlight: 0, most: 0))

  init(_ reply: @escaping @Sendable (String) -> Reply) { self.reply = reply }

  /// Answers by the whole request, its seed included.
  func answering(_ answer: @escaping @Sendable (GenerationRequest) -> String) {
    self.answer.withLock { $0 = answer }
  }

  var requests: [GenerationRequest] { state.withLock { $0.requests } }
  var mostInFlight: Int { state.withLock { $0.most } }

  func stream(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
    guard case .chat(let messages) = request.input, let last = messages.last else {
      return AsyncThrowingStream { $0.finish() }
    }
    return AsyncThrowingStream { continuation in
      let task = Task {
        self.state.withLock {
          $0.requests.append(request)
          $0.inFlight += 1
          $0.most = max($0.most, $0.inFlight)
        }
        await Task.yield()
        self.state.withLock { $0.inFlight -= 1 }
        let scripted = self.answer.withLock { $0 }.map { Reply.text($0(request)) }
        switch scripted ?? self.reply(last.content) {
        case .hangs:
          try? await Task.sleep(for: .seconds(60))
          continuation.finish()
        case .failure(let error): continuation.finish(throwing: error)
        case .text(let text):
          if !text.isEmpty { continuation.yield(.text(text)) }
          continuation.yield(
            .finished(.stop, TokenUsage(promptTokens: 3, completionTokens: text.count)))
          continuation.finish()
        }
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }

  func score(context: String, continuations: [String]) async throws -> [ContinuationScore] { [] }
}

extension Suite {
  /// Cases `q1 …` with the answers `{"a": n}`, in slices odd and even.
  static func numbered(_ count: Int, gate: String = "{margin: 0.05}", extra: String = "")
    throws -> Suite
  {
    let lines = (1...count).map {
      #"{"id":"t\#($0)","question":"q\#($0)","answer":{"a":\#($0),"b":"x"},"짝홀":"\#($0 % 2 == 0 ? "짝" : "홀")"}"#
    }
    return try Suite(
      yaml: """
        name: numbers
        task: label
        data: cases.ndjson
        input: question
        expected: answer
        metrics: [accuracy, "exact_match:b", valid_json]
        slices: [짝홀]
        gate: \(gate)
        \(extra)
        """, file: "numbers.yaml", data: { _ in Array(lines.joined(separator: "\n").utf8) })
  }
}

/// A run whose cases are right, wrong, unreadable or failed as the letters `r`, `w`, `u`, `f` say.
func run(_ suite: Suite, _ label: String, _ letters: String) -> SuiteRun {
  let outcomes = zip(suite.cases, letters).map { one, letter -> SuiteRun.Outcome in
    let output =
      switch letter {
      case "r": one.expected.canonical
      case "w": #"{"a":0,"b":"x"}"#
      default: "{"
      }
    if letter == "f" { return .failed(reason: "The context is full.") }
    let sample = suite.task.sample(
      of: .generated(
        Generation(
          text: output, reason: .stop, usage: TokenUsage(promptTokens: 1, completionTokens: 1))),
      to: one)
    return SuiteRun.Outcome([sample], to: one, of: suite)
  }
  return SuiteRun(
    label: label, release: Digest(of: Array(label.utf8)), outcomes: outcomes, seed: 0)
}

/// The report of runs written as letters.
func report(_ suite: Suite, _ baseline: String, _ candidate: String) throws -> EvaluationReport {
  try EvaluationReport(
    suite: suite, baseline: run(suite, "labeler@v1", baseline),
    candidate: run(suite, "labeler@v2", candidate),
    bootstrap: PairedBootstrap(resamples: 200, seed: 1))
}
