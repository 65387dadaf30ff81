import MLOpsCore

/// What a training that judges answers says of them, as text.
enum RewardText {
  /// For a line that is redrawn; empty where there is nothing to say.
  static func short(_ metrics: [String: Double]) -> String {
    [("margin", "rewards/margins"), ("accuracy", "rewards/accuracies"), ("kl", "kl")]
      .compactMap { name, key in
        metrics[key].map { "\(name) \(Quantity.fixed($0, decimals: 2))" }
      }.joined(separator: "  ")
  }

  /// For the result.
  static func long(_ metrics: [String: Double]) -> String {
    [
      ("chosen", "rewards/chosen"), ("rejected", "rewards/rejected"),
      ("margin", "rewards/margins"), ("accuracy", "rewards/accuracies"), ("kl", "kl"),
    ].compactMap { name, key in
      metrics[key].map { "\(name) \(Quantity.fixed($0, decimals: 3))" }
    }.joined(separator: ", ")
  }
}
