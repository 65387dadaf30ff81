import JSON
import Training

extension TrainingOptions {
  /// Which numbers are trained; random weights are all trained, so that `from_scratch` says `full`.
  ///
  /// - Throws: `LifecycleError.badOption` for an option that only an adapter has.
  func scope() throws(LifecycleError) -> TrainingConfiguration.Scope {
    let isFresh = self[.fromScratch]?.bool == true
    guard isFresh || self[.full]?.bool == true else { return .adapter }
    let own: [TrainingOption] = [.targets, .rank, .alpha, .dropout]
    for option in own where self[option] != nil {
      throw .badOption(
        option.rawValue,
        reason: "it is an adapter's, and all parameters are to be trained; "
          + "leave it out, or leave out --\(isFresh ? "from-scratch" : "full")")
    }
    return isFresh ? .fresh : .full
  }
}
