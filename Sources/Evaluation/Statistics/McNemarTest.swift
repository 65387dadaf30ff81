import Foundation

/// McNemar's exact test: are the cases on which two models differ evenly split?
///
/// Only the differing cases count; were the models equally good, each would be a fair coin.
/// - SeeAlso: McNemar, Psychometrika 12 (1947).
public enum McNemarTest {
  /// P of a split at least as uneven, in either direction, if both were equally good; 1 without
  /// differing cases.
  public static func twoSided(fixed: Int, broken: Int) -> Double {
    min(1, 2 * tail(atMost: min(fixed, broken), of: fixed + broken))
  }

  /// P of at most this many fixed cases if both were equally good: small says that the candidate is
  /// worse.
  public static func worse(fixed: Int, broken: Int) -> Double {
    tail(atMost: fixed, of: fixed + broken)
  }

  /// P of at least this many fixed cases if both were equally good: small says that the candidate
  /// is better.
  public static func better(fixed: Int, broken: Int) -> Double {
    tail(atMost: broken, of: fixed + broken)
  }

  /// P(X ≤ k) of X ~ Binomial(n, ½), summed in logarithms so that n may be in the millions.
  static func tail(atMost k: Int, of n: Int) -> Double {
    guard k < n else { return 1 }
    // The longer side is one minus the shorter: fewer terms, and no rounding near 1.
    if 2 * k >= n { return 1 - tail(atMost: n - k - 1, of: n) }
    guard k >= 0 else { return 0 }
    var term = Double(n) * log(0.5)
    var terms = [term]
    for i in stride(from: 1, through: k, by: 1) {
      term += log(Double(n - i + 1) / Double(i))
      terms.append(term)
    }
    // The largest term is the last one, as k < n / 2.
    let largest = term
    return exp(largest) * terms.reduce(0) { $0 + exp($1 - largest) }
  }
}
