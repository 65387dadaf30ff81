/// F1 of the tokens that a short answer and a reference share, 0 … 1, order aside.
///
/// Rajpurkar et al., EMNLP 2016 and ACL 2018 (SQuAD), and Lim et al., 2019 (KorQuAD), each as its
/// official evaluation computes it. Of several references the best counts. With `squad` a reference
/// of which nothing is left after normalising is dropped, and if none is left "no answer" is the
/// right answer: 1 for an answer of which nothing is left either. With `korquad` such an answer has
/// 0.
public struct TokenF1: MeanOverCases {
  /// How answers are made comparable, and what is counted.
  public let tokens: AnswerTokens

  public init(tokens: AnswerTokens = .squad) { self.tokens = tokens }

  /// F1 and a one.
  public func numbers(answer: String, references: [String]) -> [Double] {
    numbers(ofValue: value(answer: answer, references: references))
  }

  /// F1 of one case.
  public func value(answer: String, references: [String]) -> Double {
    let answer = tokens.tokens(of: tokens.words(of: answer))
    return tokens.comparable(references).map { f1(answer, tokens.tokens(of: $0)) }.max() ?? 0
  }

  private func f1(_ answer: [Scalars], _ reference: [Scalars]) -> Double {
    guard !answer.isEmpty, !reference.isEmpty else {
      return tokens == .squad && answer.isEmpty && reference.isEmpty ? 1 : 0
    }
    var counts: [Scalars: Int] = [:]
    for token in reference { counts[token, default: 0] += 1 }
    var shared = 0.0
    for token in answer {
      guard let left = counts[token], left > 0 else { continue }
      counts[token] = left - 1
      shared += 1
    }
    guard shared > 0 else { return 0 }
    let precision = shared / Double(answer.count)
    let recall = shared / Double(reference.count)
    return 2 * precision * recall / (precision + recall)
  }
}

/// Whether a short answer equals a reference after normalising: 0 or 1.
///
/// The `exact` of the official evaluations of SQuAD 2.0 and KorQuAD 1.0; references as in
/// `TokenF1`.
public struct NormalisedMatch: MeanOverCases {
  /// How answers are made comparable.
  public let tokens: AnswerTokens

  public init(tokens: AnswerTokens = .squad) { self.tokens = tokens }

  /// 0 or 1, and a one.
  public func numbers(answer: String, references: [String]) -> [Double] {
    numbers(ofValue: value(answer: answer, references: references))
  }

  /// 1 where the answer equals a reference, else 0.
  public func value(answer: String, references: [String]) -> Double {
    let answer = tokens.words(of: answer)
    return tokens.comparable(references).contains(answer) ? 1 : 0
  }
}

extension AnswerTokens {
  /// The words of the references that count.
  fileprivate func comparable(_ references: [String]) -> [[Scalars]] {
    let all = references.map(words)
    guard self == .squad else { return all }
    let answerable = all.filter { !$0.isEmpty }
    return answerable.isEmpty ? [[]] : answerable
  }
}
