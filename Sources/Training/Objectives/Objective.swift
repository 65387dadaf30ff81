/// What a batch is trained towards: from the likelihood of each token to one loss, and how much
/// each token pulls.
///
/// Every loss here is a function of the tokens' `−ln p`; its slope in each of them is what the
/// gradient of that token is multiplied by.
protocol Objective: Sendable {
  /// - Parameters:
  ///   - losses: each selected token's `−ln p`, in the order of the batch.
  ///   - slopes: as long; receives the slope of the loss in each.
  /// - Returns: the loss.
  func weigh(_ losses: UnsafeBufferPointer<Float>, into slopes: UnsafeMutableBufferPointer<Float>)
    -> Double
}

/// The mean over the answer's tokens: supervised fine-tuning.
struct LikelihoodObjective: Objective {
  /// The tokens of all batches of the step; nil for those of the batch alone.
  var total: Int?

  func weigh(_ losses: UnsafeBufferPointer<Float>, into slopes: UnsafeMutableBufferPointer<Float>)
    -> Double
  {
    let share = 1 / Double(max(total ?? losses.count, 1))
    var sum = 0.0
    for index in losses.indices {
      sum += Double(losses[index])
      slopes[index] = Float(share)
    }
    return sum * share
  }
}
