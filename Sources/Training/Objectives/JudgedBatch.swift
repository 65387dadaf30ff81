/// The answers of a batch, in the order in which its tokens lie, and what the base thinks of them.
struct JudgedBatch {
  struct Answer {
    /// How many of the batch's selected tokens are its own.
    let tokens: Int
    /// ln p under the base, summed over its tokens.
    let reference: Double
    /// Whether it is one to prefer.
    let isGood: Bool
  }

  let answers: [Answer]

  /// How much likelier than under the base each answer is: `ln π − ln ref`, in nats.
  ///
  /// - Parameter losses: each selected token's `−ln p`.
  func ratios(_ losses: some RandomAccessCollection<Float>) -> [Double] {
    var rest = losses[...]
    return answers.map { answer in
      defer { rest = rest.dropFirst(answer.tokens) }
      return -rest.prefix(answer.tokens).reduce(0) { $0 + Double($1) } - answer.reference
    }
  }

  /// Gives every token the slope of its answer: a likelihood is a sum, so all of an answer's tokens
  /// pull alike.
  ///
  /// - Parameter pulls: the slope of the loss in each answer's ratio.
  func spread(_ pulls: [Double], into slopes: UnsafeMutableBufferPointer<Float>) {
    var place = slopes.startIndex
    for (answer, pull) in zip(answers, pulls) {
      let end = min(place + answer.tokens, slopes.endIndex)
      slopes[place..<end].update(repeating: Float(-pull))
      place = end
    }
  }
}

/// An objective that looks at whole answers, and at how much likelier than under the base they are.
protocol JudgedObjective: Objective {
  var batch: JudgedBatch { get }

  /// - Parameter ratios: see `JudgedBatch.ratios`.
  /// - Returns: the loss and its slope in each ratio.
  func loss(of ratios: [Double]) -> (loss: Double, pulls: [Double])

  /// What is told of a step beside its loss, by TRL's names.
  func metrics(of ratios: [Double]) -> [String: Double]
}

extension JudgedObjective {
  func weigh(_ losses: UnsafeBufferPointer<Float>, into slopes: UnsafeMutableBufferPointer<Float>)
    -> Double
  {
    let (loss, pulls) = loss(of: batch.ratios(losses))
    batch.spread(pulls, into: slopes)
    return loss
  }

  /// Rewards `β·(ln π − ln ref)` in the mean over good and over bad answers, and how far they are
  /// apart; a batch without one kind says nothing of it.
  func rewards(of ratios: [Double], beta: Double) -> [String: Double] {
    var metrics: [String: Double] = [:]
    for (name, isGood) in [("rewards/chosen", true), ("rewards/rejected", false)] {
      let own = zip(batch.answers, ratios).filter { $0.0.isGood == isGood }.map { beta * $0.1 }
      if !own.isEmpty { metrics[name] = own.reduce(0, +) / Double(own.count) }
    }
    if let chosen = metrics["rewards/chosen"], let rejected = metrics["rewards/rejected"] {
      metrics["rewards/margins"] = chosen - rejected
    }
    return metrics
  }
}
