import JSON
import ModelRegistry
import Training

/// The run that went furthest of those that went on from a run, directly or through others.
struct RunSuccessor: Sendable, Hashable {
  let run: RunID
  /// Whether it ended well.
  let isDone: Bool
  /// Of its newest checkpoint.
  let step: Int?

  /// `run-14 went on from it to step 80`
  var clause: String {
    "\(run) went on from it"
      + (isDone ? " and ended well" : step.map { " to step \($0)" } ?? "")
  }

  /// How many runs are looked at.
  private static let horizon = 10_000

  /// - Returns: nil where no run went on from it.
  init?(of id: RunID, in registry: Registry) throws {
    var family: Set<RunID> = [id]
    var found: [RunSuccessor] = []
    for record in try registry.runs(limit: Self.horizon).reversed() {
      guard let before = record.parameters["resumed_from"]?.string.flatMap({ RunID($0) }),
        family.contains(before)
      else { continue }
      family.insert(record.id)
      found.append(
        RunSuccessor(
          run: record.id, isDone: record.outcome == .succeeded,
          step: TrainingCheckpoint.newestStep(in: registry.checkpointFolder(of: record.id))))
    }
    let furthest = found.max {
      ($0.isDone ? 1 : 0, $0.step ?? -1, $0.run) < ($1.isDone ? 1 : 0, $1.step ?? -1, $1.run)
    }
    guard let furthest else { return nil }
    self = furthest
  }

  private init(run: RunID, isDone: Bool, step: Int?) {
    (self.run, self.isDone, self.step) = (run, isDone, step)
  }
}
