/// Kahneman-Tversky optimisation: good answers shall gain on the base more than answers do on
/// average, bad ones less.
///
/// - SeeAlso: Ethayarajh et al., arXiv:2402.01306, eq. 8.
struct JudgementObjective: JudgedObjective {
  let batch: JudgedBatch
  let settings: KTOSettings
  /// How much likelier than under the base answers to other questions are in the mean (z₀), in
  /// nats; at least 0. No gradient flows through it.
  let divergence: Double

  func loss(of ratios: [Double]) -> (loss: Double, pulls: [Double]) {
    var loss = 0.0
    let share = 1 / Double(max(ratios.count, 1))
    let pulls = zip(batch.answers, ratios).map { answer, ratio in
      let sign: Double = answer.isGood ? 1 : -1
      let weight = answer.isGood ? settings.desirableWeight : settings.undesirableWeight
      let x = sign * settings.beta * (ratio - divergence)
      let miss = Logistic.value(-x)  // 1 − σ(x)
      loss += share * weight * miss
      return -share * weight * sign * settings.beta * miss * Logistic.value(x)
    }
    return (loss, pulls)
  }

  func metrics(of ratios: [Double]) -> [String: Double] {
    rewards(of: ratios, beta: settings.beta).merging(["kl": divergence]) { $1 }
  }
}
