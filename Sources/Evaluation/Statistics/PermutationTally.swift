/// Counts the swaps whose difference is as extreme as the one seen.
struct PermutationTally {
  private let observed: Double
  /// Equal differences differ in their last digits where they were added in another order.
  private let rounding: Double
  private var larger = 0.0
  private var smaller = 0.0
  private var twoSided = 0.0
  private var all = 0.0

  /// - Parameter scale: of the numbers that the difference is made of.
  init(observed: Double, scale: Double) {
    self.observed = observed
    rounding = 1e-11 * scale
  }

  mutating func add(_ difference: Double, weight: Double) {
    all += weight
    // Written so that a difference that is not a number counts everywhere.
    if !(difference < observed - rounding) { larger += weight }
    if !(difference > observed + rounding) { smaller += weight }
    if !(abs(difference) < abs(observed) - rounding) { twoSided += weight }
  }

  func result(isExact: Bool) -> PermutationTest.Result {
    PermutationTest.Result(
      larger: larger / all, smaller: smaller / all, twoSided: twoSided / all, isExact: isExact)
  }
}
