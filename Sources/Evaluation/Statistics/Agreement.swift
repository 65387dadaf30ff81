/// How well two judgements of the same cases agree, beyond what chance would make of them.
///
/// For a judge that saw the answers in both orders, a person beside a judge, or an answer to a
/// question and to its rephrasing.
/// - SeeAlso: Cohen, Educational and Psychological Measurement 20 (1960), 37–46; Fleiss, Cohen and
///   Everitt, Psychological Bulletin 72 (1969), 323–327, for the standard error.
public struct Agreement: Sendable, Hashable {
  /// Cases that were judged twice, at least 1.
  public let cases: Int
  /// Cases whose judgements are equal.
  public let agreeing: Int
  /// The share that would agree if both kept their habits but looked at nothing, 0 … 1.
  public let expected: Double
  /// Cohen's kappa: 1 for full agreement, 0 for that of chance, down to −1; nil where both always
  /// give the same one judgement, which says nothing.
  public let kappa: Double?
  /// Of kappa, for many cases; nil where kappa is.
  public let kappaError: Double?

  /// Share of cases whose judgements are equal, 0 … 1.
  public var share: Double { Double(agreeing) / Double(cases) }

  /// Of the share (Wilson).
  ///
  /// - Parameter confidence: two-sided, 0 < confidence < 1.
  public func interval(confidence: Double) -> Interval {
    WilsonInterval.of(successes: agreeing, trials: cases, confidence: confidence)
  }

  /// Of kappa, by its standard error, within −1 … 1; nil where kappa is.
  ///
  /// - Parameter confidence: two-sided, 0 < confidence < 1.
  public func kappaInterval(confidence: Double) -> Interval? {
    guard let kappa, let kappaError else { return nil }
    let half = Interval.z(confidence: confidence) * kappaError
    return Interval(
      lower: max(-1, kappa - half), upper: min(1, kappa + half), confidence: confidence)
  }

  /// Nil without cases.
  ///
  /// - Parameter pairs: both judgements of each case.
  public init?<Label: Hashable>(_ pairs: some Sequence<(Label, Label)>) {
    var table: [Label: [Label: Double]] = [:]
    var first: [Label: Double] = [:]
    var second: [Label: Double] = [:]
    var cases = 0
    for (one, other) in pairs {
      table[one, default: [:]][other, default: 0] += 1
      first[one, default: 0] += 1
      second[other, default: 0] += 1
      cases += 1
    }
    guard cases > 0 else { return nil }
    let n = Double(cases)
    let same = first.keys.reduce(0) { $0 + (table[$1]?[$1] ?? 0) }
    // Whole numbers up to here, so that the order of labels changes nothing.
    let chance = first.reduce(0) { $0 + $1.value * (second[$1.key] ?? 0) } / (n * n)
    self.cases = cases
    agreeing = Int(same)
    expected = chance
    guard chance < 1 else {
      kappa = nil
      kappaError = nil
      return
    }
    let value = (same / n - chance) / (1 - chance)
    var terms: [Double] = []
    for (one, row) in table {
      for (other, count) in row {
        let shares = (first[other, default: 0] + second[one, default: 0]) / n
        let weight = (one == other ? 1 : 0) - shares * (1 - value)
        terms.append(count / n * weight * weight)
      }
    }
    let centre = value - chance * (1 - value)
    // Sorted, for a sum that does not depend on the order of a dictionary.
    let variance = terms.sorted().reduce(0, +) - centre * centre
    kappa = value
    kappaError = max(variance, 0).squareRoot() / ((1 - chance) * n.squareRoot())
  }
}
