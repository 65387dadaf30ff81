/// Stops a training that has gone wrong before it spoils the parameters.
struct DivergenceWatch {
  private var smoothed: Float?
  private var lowest = Float.infinity
  private let tolerance: Float

  /// - Parameter tolerance: how far (in the unit of the loss) the smoothed loss may climb.
  init(tolerance: Float = Self.tolerance) { self.tolerance = tolerance }

  /// A smoothed loss this far (nats) above its lowest is no fluctuation of small batches any more.
  static let tolerance: Float = 3
  /// How much of the smoothed loss one batch is.
  static let weight: Float = 0.25

  /// - Throws: `TrainingError.diverged` for a loss or gradient that is no number, or a loss that climbs.
  mutating func check(
    loss: Float, gradientNorm: Float, step: Int, epoch: Int, rows: () -> [Int]
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
