/// How often each label was answered where each was expected.
public struct ConfusionMatrix: Sendable, Hashable {
  /// The labels of rows and columns.
  public let labels: LabelSet
  /// Row-major, `[labels + 1, labels + 1]`: rows are expected, columns answered labels. The last
  /// row and column are for what is none of the labels; an unreadable answer is in the last column.
  public private(set) var counts: [Int]

  public init(labels: LabelSet) {
    self.labels = labels
    counts = [Int](repeating: 0, count: (labels.labels.count + 1) * (labels.labels.count + 1))
  }

  /// Counts one case.
  ///
  /// - Parameters:
  ///   - expected: the right label.
  ///   - answer: the answered label; nil where the answer was unreadable.
  public mutating func add(expected: String, answer: String?) {
    let size = labels.labels.count
    let row = labels.index(of: expected) ?? size
    let column = answer.flatMap(labels.index) ?? size
    counts[row * (size + 1) + column] += 1
  }

  /// How often a label was answered where another was expected; nil stands for none of the labels.
  public func count(expected: String?, answer: String?) -> Int {
    let size = labels.labels.count
    let row = expected.flatMap(labels.index) ?? size
    let column = answer.flatMap(labels.index) ?? size
    return counts[row * (size + 1) + column]
  }
}
