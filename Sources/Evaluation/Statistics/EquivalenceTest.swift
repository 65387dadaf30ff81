/// Is the candidate no worse, or no different, by more than a margin?
///
/// Equivalence is shown by two one-sided tests. Each agrees with its interval: at level alpha the
/// test says yes where the interval of confidence 1 − 2·alpha lies above −margin, or inside ±margin.
/// - SeeAlso: Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15 (1987), 657–680.
public enum EquivalenceTest {
  /// P of shares at least this good if the candidate were worse by the margin (Tango's score).
  ///
  /// - Parameter margin: in shares of cases, at least 0 (is it better?).
  /// - Returns: nil without cases or for a margin that is negative or no number.
  public static func notWorse(_ counts: PairedCounts, margin: Double) -> Double? {
    guard counts.total > 0, margin >= 0 else { return nil }
    // No share can be worse by more than all cases.
    guard margin < 1 else { return margin > 1 || counts.difference > -1 ? 0 : 1 }
    let score = TangoInterval.score(
      Double(counts.fixed), Double(counts.broken), Double(counts.total), at: -margin)
    return NormalDistribution.cumulative(-score)
  }

  /// The larger p of both directions: small says that the shares differ by less than the margin.
  ///
  /// - Parameter margin: in shares of cases, at least 0.
  /// - Returns: nil without cases or for a margin that is negative or no number.
  public static func equivalent(_ counts: PairedCounts, margin: Double) -> Double? {
    guard let lower = notWorse(counts, margin: margin),
      let upper = notWorse(counts.swapped, margin: margin)
    else { return nil }
    return max(lower, upper)
  }

  /// P of a mean at least this large if the true one were −margin (Student's t).
  ///
  /// - Parameter margin: in the unit of the differences, at least 0 (is it larger?).
  /// - Returns: nil for a margin that is negative or no number.
  public static func notWorse(_ mean: PairedMean, margin: Double) -> Double? {
    margin >= 0 ? mean.pValue(above: -margin) : nil
  }

  /// The larger p of both directions: small says that the mean difference is less than the margin
  /// away from 0.
  ///
  /// - Parameter margin: in the unit of the differences, at least 0.
  /// - Returns: nil for a margin that is negative or no number.
  public static func equivalent(_ mean: PairedMean, margin: Double) -> Double? {
    guard margin >= 0 else { return nil }
    return max(mean.pValue(above: -margin), mean.negated.pValue(above: -margin))
  }
}
