import Foundation
import MLOpsCore

/// Scores the continuations of one context, one after the other in one slot, so that what they have
/// in common is evaluated once.
///
/// Context and continuation are split into tokens together, as a model reads them; a continuation's
/// tokens are those after what this has in common with the context alone. Where the border falls
/// inside a token, that token counts to the continuation.
final class ScoringWork: SlotWork {
  private struct Case {
    let tokens: [Int32]
    /// The first token of the continuation; at least 1.
    let first: Int
  }

  private let cases: [Case]
  private let done: CheckedContinuation<[ContinuationScore], any Error>
  private let cancellation: CancellationFlag
  private var scores: [ContinuationScore] = []
  private var logLikelihood = 0.0
  private var isGreedy = true

  /// - Throws: `runtime.prompt_too_long`, `runtime.invalid_request`.
  init(
    context: String, continuations: [String], tokenizer: Tokenizer, limit: Int,
    done: CheckedContinuation<[ContinuationScore], any Error>, cancellation: CancellationFlag
  ) throws(RuntimeError) {
    let alone = try tokenizer.encode(context, addSpecial: true, parseSpecial: true)
    var cases: [Case] = []
    for continuation in continuations {
      var tokens = try tokenizer.encode(
        context + continuation, addSpecial: true, parseSpecial: true)
      var first = zip(alone, tokens).prefix { $0 == $1 }.count
      if first == 0, let begin = tokenizer.beginOfText {
        tokens.insert(begin, at: 0)
        first = 1
      }
      guard first > 0 else {
        throw .invalidRequest(
          reason: "the context is empty and the model has no token to begin with")
      }
      guard tokens.count > first else {
        throw .invalidRequest(reason: "continuation \(cases.count) is empty")
      }
      guard tokens.count <= limit else { throw .promptTooLong(tokens: tokens.count, limit: limit) }
      cases.append(Case(tokens: tokens, first: first))
    }
    guard !cases.isEmpty else { throw .invalidRequest(reason: "there are no continuations") }
    self.cases = cases
    self.done = done
    self.cancellation = cancellation
  }

  var isCancelled: Bool { cancellation.isSet }
  var start: Feed { feed(0) }

  /// The logits of a token tell how likely the next is, so that the last one is not evaluated.
  private func feed(_ index: Int) -> Feed {
    Feed(tokens: cases[index].tokens.dropLast(), logitsFrom: cases[index].first - 1)
  }

  func receive(_ logits: UnsafeBufferPointer<Float>, position: Int) throws {
    let token = cases[scores.count].tokens[position + 1]
    let best = try TokenSampler.likeliest(logits)
    let peak = Double(logits[Int(best)])
    let total = logits.reduce(0.0) { $0 + exp(Double($1) - peak) }
    logLikelihood += Double(logits[Int(token)]) - peak - log(total)
    if token != best { isGreedy = false }
  }

  func advance() -> Step {
    let current = cases[scores.count]
    scores.append(
      ContinuationScore(
        logLikelihood: logLikelihood, tokens: current.tokens.count - current.first,
        isGreedy: isGreedy))
    logLikelihood = 0
    isGreedy = true
    if scores.count < cases.count { return .restart(feed(scores.count)) }
    done.resume(returning: scores)
    return .finished
  }

  func fail(_ error: any Error) { done.resume(throwing: error) }
}
