import Foundation

/// How much a gambler has who bets that the mean of bounded numbers is larger than supposed.
///
/// Whoever stakes a share λ of his money on each number x against a supposed mean d is left with
/// ∏ (1 + λ (x − d)), which does not grow on average if the mean is at most d: that it ever exceeds
/// 1/α then has a probability of at most α (Ville), however often one looks. The best λ depends on
/// what is not known, so the money is spread over several.
///
/// The products are not kept but bounded from below, which is safe, by four sums: for u ≥ −v,
/// ln (1 + u) ≥ u − u²/2 + u³/3 − κ u⁴ where κ makes both sides equal at −v: what the first three
/// terms leave, over u⁴, decreases in u. Near 0, where bets on many numbers lie, nothing is lost.
/// - SeeAlso: Waudby-Smith and Ramdas, JRSS B 86 (2024), section 4, for intervals by betting;
///   Ville, Étude critique de la notion de collectif (1939).
struct BettingMoments: Sendable, Hashable {
  /// Sums of the numbers' first four powers.
  var sums = SIMD4<Double>()
  /// How many numbers.
  var count = 0.0

  /// - Parameter number: at most `reach` in size.
  mutating func add(_ number: Double) {
    let square = number * number
    sums += SIMD4(number, square, square * number, square * square)
    count += 1
  }

  /// The mean of the numbers; NaN without.
  var mean: Double { sums[0] / count }

  /// What is known of the negated numbers.
  var negated: BettingMoments {
    var result = self
    result.sums *= SIMD4(-1, 1, -1, 1)
    return result
  }

  /// What would be known of so many numbers that are like these.
  func scaled(to other: Double) -> BettingMoments {
    var result = self
    result.sums *= other / count
    result.count = other
    return result
  }

  /// ln of a lower bound of what is left of 1 for betting that the mean is larger than `mean`.
  ///
  /// It falls as `mean` rises.
  /// - Parameters:
  ///   - mean: −1 … 1.
  ///   - reach: no number is larger in size; at least 1.
  func logCapital(against mean: Double, reach: Double) -> Double {
    guard count > 0 else { return 0 }
    let d = mean
    let (s1, s2, s3, s4) = (sums[0], sums[1], sums[2], sums[3])
    let first = s1 - count * d
    let second = s2 - d * (2 * s1 - count * d)
    let third = s3 - d * (3 * s2 - d * (3 * s1 - count * d))
    let fourth = s4 - d * (4 * s3 - d * (6 * s2 - d * (4 * s1 - count * d)))
    var stake = Self.deepest / (reach + 1)
    var largest = -Double.infinity
    var logs: [Double] = []
    logs.reserveCapacity(Self.stakes)
    for place in 0..<Self.stakes {
      let log =
        stake * (first - stake * (second / 2 - stake * (third / 3 - stake * Self.kappa * fourth)))
        + Self.logShares[place]
      logs.append(log)
      largest = max(largest, log)
      stake *= 0.5.squareRoot()
    }
    return largest + log(logs.reduce(0) { $0 + exp($1 - largest) })
  }

  /// The v above, the most that one bet may lose. Up to here the bound rises with u on both sides of
  /// 0, so that the capital falls as the supposed mean rises.
  private static let deepest = 0.65
  private static let kappa =
    (deepest * (-1 - deepest * (0.5 + deepest / 3)) - log(1 - deepest)) / pow(deepest, 4)

  /// Each stake is the one before by √2: they reach what suits a hundred numbers and ten million.
  private static let stakes = 16
  /// ln of the shares of the money that the stakes get. The larger ones get more, for decisions on
  /// few numbers; the smallest still so much that it costs them a sixth more numbers.
  private static let logShares: [Double] = {
    let shares = (0..<stakes).map { 1 / Double($0 + 2) }
    let sum = shares.reduce(0, +)
    return shares.map { log($0 / sum) }
  }()
}
