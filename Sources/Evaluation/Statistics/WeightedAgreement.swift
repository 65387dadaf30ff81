/// How well two scores of the same cases agree beyond chance, where being far apart is worse than
/// being near: Cohen's kappa with quadratic weights.
///
/// - SeeAlso: Cohen, Psychological Bulletin 70 (1968), 213–220; Fleiss, Cohen and Everitt,
///   Psychological Bulletin 72 (1969), 323–327, for the standard error.
public struct WeightedAgreement: Sendable, Hashable {
  /// Cases that were scored twice, at least 1.
  public let cases: Int
  /// Cases whose scores are equal.
  public let equal: Int
  /// Cases whose scores are at most one apart.
  public let withinOne: Int
  /// The first scores' mean minus the second's.
  public let bias: Double
  /// 1 for full agreement, 0 for that of chance, down to −1; nil where both always give the same one
  /// score, which says nothing.
  public let kappa: Double?
  /// Of kappa, for many cases; nil where kappa is.
  public let kappaError: Double?

  /// Of a share of the cases (Wilson).
  ///
  /// - Parameters:
  ///   - count: of cases, such as `equal`.
  ///   - confidence: two-sided, 0 < confidence < 1.
  public func interval(of count: Int, confidence: Double) -> Interval {
    WilsonInterval.of(successes: count, trials: cases, confidence: confidence)
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
  /// - Parameter pairs: both scores of each case; of a short scale, as every score is a row of a table.
  init?(_ pairs: [(Int, Int)]) {
    guard let least = pairs.map({ min($0, $1) }).min(),
      let most = pairs.map({ max($0, $1) }).max()
    else { return nil }
    cases = pairs.count
    equal = pairs.count { $0 == $1 }
    withinOne = pairs.count { abs($0 - $1) <= 1 }
    let n = Double(pairs.count)
    bias = Double(pairs.reduce(0) { $0 + $1.0 - $1.1 }) / n
    let size = most - least + 1
    guard size > 1 else {
      (kappa, kappaError) = (nil, nil)
      return
    }
    // The span of the weights cancels out of kappa and its error: that of what was seen will do.
    func weight(_ i: Int, _ j: Int) -> Double {
      let distance = Double(i - j) / Double(size - 1)
      return 1 - distance * distance
    }
    var table = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
    for (one, other) in pairs { table[one - least][other - least] += 1 / n }
    let places = 0..<size
    let first = table.map { $0.reduce(0, +) }
    let second = places.map { j in places.reduce(0) { $0 + table[$1][j] } }
    // For each score, the weight that it has on average with the other's habits.
    let firstWeights = places.map { i in places.reduce(0) { $0 + second[$1] * weight(i, $1) } }
    let secondWeights = places.map { j in places.reduce(0) { $0 + first[$1] * weight($1, j) } }
    var (seen, chance) = (0.0, 0.0)
    for i in places {
      for j in places {
        seen += table[i][j] * weight(i, j)
        chance += first[i] * second[j] * weight(i, j)
      }
    }
    let value = (seen - chance) / (1 - chance)
    var spread = 0.0
    for i in places {
      for j in places {
        let term = weight(i, j) - (firstWeights[i] + secondWeights[j]) * (1 - value)
        spread += table[i][j] * term * term
      }
    }
    let centre = value - chance * (1 - value)
    kappa = value
    kappaError = max(spread - centre * centre, 0).squareRoot() / ((1 - chance) * n.squareRoot())
  }
}
