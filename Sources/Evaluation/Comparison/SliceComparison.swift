/// The gate's metric of two releases on the cases of one slice.
public struct SliceComparison: Sendable, Hashable {
  /// The field by which the cases are told apart.
  public let field: String
  /// Its value in this slice.
  public let value: String
  public let counts: PairedCounts
  /// Of candidate − baseline (Tango).
  public let difference: Interval
  /// P of a change this bad between equals (McNemar, one-sided, in the gate's direction), corrected
  /// for the number of slices that have a margin (Holm); nil for slices without one.
  public let pWorse: Double?
}
