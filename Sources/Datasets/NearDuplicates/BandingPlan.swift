import Foundation

/// How many min-hashes there are, and how they are put together into bands.
///
/// Two sets with similarity `s` agree in a band of `r` min-hashes with probability `s^r`, and in at
/// least one of `b` bands with `1 − (1 − s^r)^b`. Candidates are verified, so the plan only has to
/// miss few: it takes the longest bands, which give the fewest candidates, with which pairs right at
/// the threshold are still found with the wanted probability.
///
/// - SeeAlso: Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", §3.4.
struct BandingPlan: Sendable, Equatable {
  /// `b`.
  let bands: Int
  /// `r`.
  let rows: Int

  /// - Parameters:
  ///   - threshold: The similarity that must be found, above 0 and at most 1.
  ///   - recall: With which probability at least, above 0 and below 1.
  ///   - hashes: How many min-hashes there may be; short bands may need more of them.
  init(threshold: Double, recall: Double = 0.99, hashes: Int = 256) {
    func bands(_ rows: Int) -> Int {
      let agreement = pow(threshold, Double(rows))
      guard agreement < 1 else { return 1 }
      let needed = (log(1 - recall) / log(1 - agreement)).rounded(.up)
      return max(1, Int(min(needed, 4096)))
    }
    // Long bands gain nothing beyond 16: fewer than one pair in 10^4 of those half alike agrees.
    let rows = (1...16).last { $0 * bands($0) <= hashes } ?? 1
    self.rows = rows
    self.bands = bands(rows)
  }

  /// The probability that a pair of this similarity, 0 to 1, becomes a candidate.
  func probability(at similarity: Double) -> Double {
    1 - pow(1 - pow(similarity, Double(rows)), Double(bands))
  }
}
