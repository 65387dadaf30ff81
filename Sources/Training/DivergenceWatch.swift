/// Stops a training that has gone wrong before it spoils the parameters.
struct DivergenceWatch: Equatable {
  /// Nil before the first step.
  private(set) var smoothed: Float?
  private(set) var lowest = Float.infinity

  init() {}

  /// Goes on from an earlier state.
  init(smoothed: Float?, lowest: Float) {
    self.smoothed = smoothed
    self.lowest = lowest
  }

  /// A smoothed loss this far (nats) above its lowest is no fluctuation of small batches any more.
  static let tolerance: Float = 3
  /// How much of the smoothed loss one batch is.
  static let weight: Float = 0.25

  /// - Parameter tolerance: how far (in the unit of the loss) the smoothed loss may climb.
  /// - Throws: `TrainingError.diverged` for a loss or gradient that is no number, or a loss that climbs.
  mutating func check(
    loss: Float, gradientNorm: Float, step: Int, epoch: Int, tolerance: Float = Self.tolerance,
    rows: () -> [Int]
  ) throws(TrainingError) {
    let mean = smoothed.map { $0 + Self.weight * (loss - $0) } ?? loss
    guard loss.isFinite, gradientNorm.isFinite, mean <= lowest + tolerance else {
      throw .diverged(
        step: step, epoch: epoch, rows: rows(), loss: Double(loss),
        gradientNorm: Double(gradientNorm))
    }
    smoothed = mean
    lowest = min(lowest, mean)
  }
}
