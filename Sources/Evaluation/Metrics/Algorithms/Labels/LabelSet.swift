/// The labels that answers are sorted into, in an order that depends on nothing but the labels.
public struct LabelSet: Sendable, Hashable {
  /// The labels, each once.
  public let labels: [String]
  private let indices: [ExactText: Int]

  /// Labels in the order given; one that was there before is dropped.
  public init(_ labels: [String]) {
    var indices: [ExactText: Int] = [:]
    self.labels = labels.filter { label in
      guard indices[ExactText(label)] == nil else { return false }
      indices[ExactText(label)] = indices.count
      return true
    }
    self.indices = indices
  }

  /// All labels of some cases, sorted by code points as scikit-learn sorts them.
  public init(discoveredIn labels: some Sequence<String>) {
    self.init(Set(labels.map(ExactText.init)).sorted().map(\.text))
  }

  /// The place of a label, by its scalars; nil for one that is not in the set.
  public func index(of label: String) -> Int? { indices[ExactText(label)] }
}
