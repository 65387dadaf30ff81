/// Which label each side answered where which was expected, over the cases that both answered.
///
/// Answers of other labels and unreadable ones stand in a column of their own. Of several answers to
/// a case the first counts.
public struct LabelConfusion: Sendable, Hashable {
  /// More labels than these are no table that anyone reads.
  public static let mostLabels = 30

  /// The member of the answer that is the label; nil where the whole answer is.
  public let field: String?
  /// 2 … 30 labels, those of the matrices.
  public let labels: LabelSet
  public let baseline: ConfusionMatrix
  public let candidate: ConfusionMatrix

  /// Nil for fewer than two labels or more than `mostLabels`.
  init?(
    field: String?, labels: LabelSet, suite: Suite, baseline: SuiteRun, candidate: SuiteRun
  ) {
    guard (2...LabelConfusion.mostLabels).contains(labels.labels.count) else { return nil }
    var matrices = [ConfusionMatrix(labels: labels), ConfusionMatrix(labels: labels)]
    for (index, one) in suite.cases.enumerated() {
      guard let expected = LabelMetric.label(of: one.label, field),
        let before = baseline.outcomes[index].samples.first,
        let after = candidate.outcomes[index].samples.first
      else { continue }
      for (side, sample) in [before, after].enumerated() {
        matrices[side].add(
          expected: expected,
          answer: sample.label(of: one).flatMap { LabelMetric.label(of: $0, field) })
      }
    }
    self.field = field
    self.labels = labels
    self.baseline = matrices[0]
    self.candidate = matrices[1]
  }

  /// What the label is, as a title: the field, or `label`.
  public var title: String { field ?? "label" }
}

extension ConfusionMatrix {
  /// For each expected label the counts of the answered labels, and last of all other answers.
  public var rows: [[Int]] {
    let size = labels.labels.count + 1
    return labels.labels.indices.map { Array(counts[$0 * size..<($0 + 1) * size]) }
  }
}
