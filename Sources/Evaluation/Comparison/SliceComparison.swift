/// The gate's first metric of two releases on the cases of one slice.
public struct SliceComparison: Sendable, Hashable {
  /// The field by which the cases are told apart.
  public let field: String
  /// Its value in this slice.
  public let value: String
  public let figures: PairedFigures
  /// P of a change this bad between equals (one-sided, in the gate's direction), corrected for the
  /// number of slices that have a margin (Holm); nil for slices without one.
  public let pWorse: Double?
}

/// How far the slices of a field lie apart, by the gate's first metric.
public struct SliceGap: Sendable, Hashable {
  public let field: String
  /// The largest minus the smallest of the slices' values.
  public let baseline: Double
  public let candidate: Double
  /// The slices in which the candidate's metric is smallest and largest.
  public let smallest: String
  public let largest: String
}
