/// Precision, recall and F1 over labels, 0 … 1, from three sums for each label.
///
/// As scikit-learn's `precision_recall_fscore_support(labels=…, zero_division=0)` defines them:
/// precision is hits over answers with the label, recall hits over cases that expect it, F1 twice
/// the hits over both, each 0 where there is nothing to divide by.
///
/// An unreadable answer, or one that is none of the labels, is an answer of its own: it costs the
/// expected label recall and counts for no label's precision. To have it averaged over like a
/// class, as scikit-learn does without `labels`, put it into the label set.
public struct LabelScores: SummedStatistic {
  /// What the labels are summed up to.
  public enum Summary: Sendable, Hashable {
    /// The share of right cases, of all: also of those that expect none of the labels.
    case accuracy
    /// The mean over labels, each counting the same.
    case macroPrecision, macroRecall, macroF1
    /// Of all labels' sums together. With every label in the set it is the accuracy.
    case microPrecision, microRecall, microF1
    /// The mean over labels, each counting as often as it is expected.
    case weightedPrecision, weightedRecall, weightedF1
    /// Of one label.
    case precision(String), recall(String), f1(String)
  }

  /// The labels averaged over.
  public let labels: LabelSet
  /// What `value(ofSums:)` gives.
  public let summary: Summary

  public init(labels: LabelSet, summary: Summary = .macroF1) {
    self.labels = labels
    self.summary = summary
  }

  /// Cases, right ones, and for each label: expected, answered, both.
  public var width: Int { 2 + 3 * labels.labels.count }

  /// The numbers of one case: a one, whether it is right, and for each label whether it was
  /// expected, answered and both.
  ///
  /// - Parameters:
  ///   - expected: the right label.
  ///   - answer: the answered label; nil where the answer was unreadable.
  public func numbers(expected: String, answer: String?) -> [Double] {
    var numbers = [Double](repeating: 0, count: width)
    let isRight = answer.map(ExactText.init) == ExactText(expected)
    numbers[0] = 1
    numbers[1] = isRight ? 1 : 0
    if let label = labels.index(of: expected) {
      numbers[2 + 3 * label] = 1
      numbers[4 + 3 * label] = isRight ? 1 : 0
    }
    if let label = answer.flatMap(labels.index) { numbers[3 + 3 * label] = 1 }
    return numbers
  }

  /// The summary of all cases; NaN without cases and for a label that is not in the set.
  public func value(ofSums sums: UnsafeBufferPointer<Double>) -> Double {
    guard sums[0] > 0 else { return .nan }
    switch summary {
    case .accuracy: return sums[1] / sums[0]
    case .macroPrecision: return mean(sums, weighted: false, \.precision)
    case .macroRecall: return mean(sums, weighted: false, \.recall)
    case .macroF1: return mean(sums, weighted: false, \.f1)
    case .microPrecision: return together(sums).precision
    case .microRecall: return together(sums).recall
    case .microF1: return together(sums).f1
    case .weightedPrecision: return mean(sums, weighted: true, \.precision)
    case .weightedRecall: return mean(sums, weighted: true, \.recall)
    case .weightedF1: return mean(sums, weighted: true, \.f1)
    case .precision(let label):
      return labels.index(of: label).map { of($0, sums).precision } ?? .nan
    case .recall(let label): return labels.index(of: label).map { of($0, sums).recall } ?? .nan
    case .f1(let label): return labels.index(of: label).map { of($0, sums).f1 } ?? .nan
    }
  }

  /// The scores of each label in the set's order, of the sums over cases.
  public func perLabel(ofSums sums: [Double]) -> [LabelScore] {
    guard sums.count == width else { return [] }
    return sums.withUnsafeBufferPointer { sums in labels.labels.indices.map { of($0, sums) } }
  }

  private func of(_ label: Int, _ sums: UnsafeBufferPointer<Double>) -> LabelScore {
    LabelScore(
      expected: sums[2 + 3 * label], answered: sums[3 + 3 * label], hits: sums[4 + 3 * label])
  }

  private func mean(
    _ sums: UnsafeBufferPointer<Double>, weighted: Bool, _ score: (LabelScore) -> Double
  ) -> Double {
    var (total, weights) = (0.0, 0.0)
    for label in labels.labels.indices {
      let one = of(label, sums)
      let weight = weighted ? one.expected : 1
      total += weight * score(one)
      weights += weight
    }
    return LabelScore.share(total, of: weights)
  }

  private func together(_ sums: UnsafeBufferPointer<Double>) -> LabelScore {
    let all = labels.labels.indices.map { of($0, sums) }
    return LabelScore(
      expected: all.reduce(0) { $0 + $1.expected }, answered: all.reduce(0) { $0 + $1.answered },
      hits: all.reduce(0) { $0 + $1.hits })
  }
}
