import Foundation
import JSON
public import MLOpsCore

/// What one answer of a model to one case came to.
public struct Sample: Sendable, Hashable {
  /// What the model wrote; nil where it was only asked how likely texts are.
  public var output: String?
  public var answer: Answer
  /// Of each choice, or of the one text that was scored; empty for written answers.
  public var scores: [ContinuationScore]
  public var usage: TokenUsage
  /// Nil where they were not measured in this run.
  public var timings: ModelTimings?
  /// Nil where the suite's judge has not looked at it.
  public var judgement: Judgement?

  public init(
    output: String?, answer: Answer, scores: [ContinuationScore] = [], usage: TokenUsage,
    timings: ModelTimings? = nil, judgement: Judgement? = nil
  ) {
    self.output = output
    self.answer = answer
    self.scores = scores
    self.usage = usage
    self.timings = timings
    self.judgement = judgement
  }
}

extension Sample {
  /// What a choice's log-likelihood is divided by before choices are compared.
  enum ChoiceNorm: Sendable, Hashable { case sum, characters, bytes, tokens }

  /// The likeliest choice, the first of equals; nil without finite scores.
  func chosen(_ norm: ChoiceNorm, of one: SuiteCase) -> Int? {
    guard scores.count == one.choices.count, !scores.isEmpty else { return nil }
    var best: (index: Int, value: Double)?
    for (index, score) in scores.enumerated() {
      let length =
        switch norm {
        case .sum: 1
        case .characters: one.choices[index].unicodeScalars.count
        case .bytes: one.choices[index].utf8.count
        case .tokens: score.tokens
        }
      let value = score.logLikelihood / Double(max(length, 1))
      guard value.isFinite else { return nil }
      if best.map({ value > $0.value }) ?? true { best = (index, value) }
    }
    return best?.index
  }

  /// The softmax over the choices' log-likelihoods.
  func probability(ofChoice index: Int) -> Double? {
    guard scores.indices.contains(index), let peak = scores.map(\.logLikelihood).max(),
      peak.isFinite
    else { return nil }
    let weights = scores.map { exp($0.logLikelihood - peak) }
    return weights[index] / weights.reduce(0, +)
  }

  /// The label that was answered: the value, or the text of the choice taken.
  func label(of one: SuiteCase) -> JSONValue? {
    one.choices.isEmpty ? answer.value : chosen(.sum, of: one).map { .string(one.choices[$0]) }
  }
}
