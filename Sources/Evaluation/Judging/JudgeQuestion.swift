import Foundation
import MLOpsCore

/// One thing that a judge is asked about a case.
enum JudgeQuestion: Hashable {
  /// The score of an answer to the case at a place in the suite.
  case score(place: Int, answer: String)
  /// Which of two answers is better, shown in this order.
  case compare(place: Int, first: String, second: String)

  var place: Int {
    switch self {
    case .score(let place, _), .compare(let place, _, _): place
    }
  }
}

/// What a judge's likelihoods say, or why they say nothing (a sentence).
struct JudgeReading {
  /// What the allowed answers come to among each other, in their order; they sum to 1.
  let shares: [Double]
  /// The probability that the judge would have given one of them by itself.
  let inForm: Double

  /// Nil where a likelihood is no number.
  init?(_ answer: ModelAnswer, count: Int) {
    guard case .scores(let scores) = answer, scores.count == count,
      let peak = scores.map(\.logLikelihood).max(), scores.allSatisfy({ $0.logLikelihood.isFinite })
    else { return nil }
    let weights = scores.map { exp($0.logLikelihood - peak) }
    let sum = weights.reduce(0, +)
    shares = weights.map { $0 / sum }
    inForm = min(1, exp(peak) * sum)
  }

  /// The mean of a scale's scores, each weighted by its share.
  func score(on scale: ClosedRange<Int>) -> Double {
    let sum = zip(scale, shares).reduce(0) { $0 + Double($1.0) * $1.1 }
    return min(max(sum, Double(scale.lowerBound)), Double(scale.upperBound))
  }

  /// The likeliest of first, second and tie; a tie where two are equally likely.
  func preference<Side>(first: Side, second: Side, tie: Side) -> Side {
    guard shares.count == 3, shares[0] != shares[1], max(shares[0], shares[1]) > shares[2] else {
      return tie
    }
    return shares[0] > shares[1] ? first : second
  }
}
