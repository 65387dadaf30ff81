/// Direct preference optimisation: in the mean over the batch's pairs, how far the margin between
/// the better and the worse answer has grown beyond the base's.
///
/// - SeeAlso: Rafailov et al., arXiv:2305.18290, eq. 7.
struct PairObjective: JudgedObjective {
  /// Chosen, rejected, chosen, rejected and so on.
  let batch: JudgedBatch
  let settings: DPOSettings

  func loss(of ratios: [Double]) -> (loss: Double, pulls: [Double]) {
    var loss = 0.0
    var pulls = [Double](repeating: 0, count: ratios.count)
    let share = 1 / Double(max(ratios.count / 2, 1))
    for chosen in stride(from: 0, to: ratios.count - 1, by: 2) {
      let rejected = chosen + 1
      // IPO compares means over tokens, so that long answers do not count more.
      let lengths = [chosen, rejected].map {
        settings.loss == .ipo ? Double(max(batch.answers[$0].tokens, 1)) : 1
      }
      let margin = ratios[chosen] / lengths[0] - ratios[rejected] / lengths[1]
      let (value, slope) = self.loss(ofMargin: margin)
      loss += share * value
      pulls[chosen] = share * slope / lengths[0]
      pulls[rejected] = -share * slope / lengths[1]
    }
    return (loss, pulls)
  }

  func metrics(of ratios: [Double]) -> [String: Double] {
    var metrics = rewards(of: ratios, beta: settings.beta)
    let pairs = stride(from: 0, to: ratios.count - 1, by: 2)
    let right = pairs.count { ratios[$0] > ratios[$0 + 1] }
    metrics["rewards/accuracies"] = Double(right) / Double(max(ratios.count / 2, 1))
    return metrics
  }

  /// A pair's loss and its slope.
  private func loss(ofMargin margin: Double) -> (Double, slope: Double) {
    let beta = settings.beta
    switch settings.loss {
    case .sigmoid:
      let (x, wrong) = (beta * margin, settings.labelSmoothing)
      return (
        -(1 - wrong) * Logistic.logarithm(x) - wrong * Logistic.logarithm(-x),
        slope: beta * (wrong * Logistic.value(x) - (1 - wrong) * Logistic.value(-x))
      )
    case .ipo:
      let distance = margin - 1 / (2 * beta)
      return (distance * distance, slope: 2 * distance)
    case .hinge:
      let short = 1 - beta * margin
      return short > 0 ? (short, slope: -beta) : (0, slope: 0)
    }
  }
}
