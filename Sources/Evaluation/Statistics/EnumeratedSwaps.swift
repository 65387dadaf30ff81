import Foundation

/// All ways in which coins can swap pairs; ways that move the same numbers are one, with the
/// probability of all of them.
struct EnumeratedSwaps {
  /// So many are looked at: all of 16 different pairs, or of 65,535 pairs with one gap, as the
  /// differing cases of a share have.
  private static let most = 1 << 16

  private let gaps: DistinctRows
  /// For each gap the probabilities of 0, 1, … coins that give it to the first side.
  private let chances: [[Double]]

  /// Nil where there are more ways than can be looked at.
  init?(_ gaps: DistinctRows) {
    var ways = 1
    for multiplicity in gaps.multiplicities {
      let (product, isTooLarge) = ways.multipliedReportingOverflow(by: multiplicity + 1)
      guard !isTooLarge, product <= Self.most else { return nil }
      ways = product
    }
    self.gaps = gaps
    chances = gaps.multiplicities.map(Self.fairCoins)
  }

  /// Calls with the sums of the gaps that the first side gets, and the probability.
  func forEach(_ body: ([Double], Double) -> Void) {
    visit(0, [Double](repeating: 0, count: gaps.width), 1, body)
  }

  private func visit(
    _ row: Int, _ sums: [Double], _ chance: Double, _ body: ([Double], Double) -> Void
  ) {
    guard row < gaps.count else { return body(sums, chance) }
    for (heads, share) in chances[row].enumerated() {
      visit(row + 1, zip(sums, gaps[row]).map { $0 + $1 * Double(heads) }, chance * share, body)
    }
  }

  /// The probabilities of 0, 1, … heads of so many fair coins, from the likeliest outwards.
  static func fairCoins(_ count: Int) -> [Double] {
    var chances = [Double](repeating: 1, count: count + 1)
    let middle = count / 2
    for heads in stride(from: middle - 1, through: 0, by: -1) {
      chances[heads] = chances[heads + 1] * Double(heads + 1) / Double(count - heads)
    }
    for heads in stride(from: middle + 1, through: count, by: 1) {
      chances[heads] = chances[heads - 1] * Double(count - heads + 1) / Double(heads)
    }
    let sum = chances.reduce(0, +)
    return chances.map { $0 / sum }
  }
}
