import JSON

/// Everything that a training's further course depends on, between two steps.
///
/// What is drawn at random is a function of the seed and the step, so no generator has a state.
struct Checkpoint {
  /// What has to be the same for a run to go on from here: settings and the digests of inputs.
  var identity: [String: JSONValue]
  /// What the caller wants back: the options that the run was begun with.
  var request: JSONValue
  /// Steps done.
  var step: Int
  var history: TrainingHistory
  var watch: DivergenceWatch
  /// All that is trained, flat, padding included; so are the next three.
  var parameters: [Float]
  /// AdamW's.
  var mean: [Float]
  /// AdamW's.
  var variance: [Float]
  /// The parameters of the best validation; empty where they are not kept.
  var best: [Float]

  /// What differs from a run that is to go on from here.
  func differences(from now: [String: JSONValue]) -> [TrainingError.Difference] {
    Set(identity.keys).union(now.keys).sorted().compactMap { key in
      let (before, after) = (identity[key] ?? .null, now[key] ?? .null)
      guard before != after else { return nil }
      return TrainingError.Difference(
        name: key, before: before.string ?? before.canonical, now: after.string ?? after.canonical)
    }
  }
}
