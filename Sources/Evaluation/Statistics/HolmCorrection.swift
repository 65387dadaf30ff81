/// Holm's correction for looking at several things at once.
///
/// - SeeAlso: Holm, Scandinavian Journal of Statistics 6 (1979).
public enum HolmCorrection {
  /// The corrected p-values, in the order given: comparing them with alpha keeps the chance of any
  /// false alarm among them at alpha.
  public static func adjusted(_ values: [Double]) -> [Double] {
    var result = values
    var largest = 0.0
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    for (rank, index) in order.enumerated() {
      largest = max(largest, min(1, values[index] * Double(values.count - rank)))
      result[index] = largest
    }
    return result
  }
}
