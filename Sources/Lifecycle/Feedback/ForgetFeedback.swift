public import JSON
import MLOpsCore
public import ModelRegistry

/// Deletes the feedback of a person who asked for it, and says where it has gone already.
public struct ForgetFeedback: Sendable {
  public struct Outcome: Sendable {
    /// Records that were emptied, or would be.
    public let records: Int
    public let isDryRun: Bool
    /// Versions that hold rows of them, or were made from such.
    public let reached: [FeedbackReach.Reached]

    /// Keys: `records`, `dry_run`, `reached`.
    public var document: JSONValue {
      [
        "records": .integer(records), "dry_run": .bool(isDryRun),
        "reached": .array(reached.map(\.document)),
      ]
    }
  }

  private let registry: Registry

  public init(registry: Registry) { self.registry = registry }

  /// - Parameter person: a subject, or a rater.
  /// - Throws: `RegistryError`, `DatasetsError`.
  public func run(_ person: String, isDryRun: Bool) async throws -> Outcome {
    let reach = FeedbackReach(registry: registry)
    if isDryRun {
      let records = try registry.feedbackIfAny()?.records(of: person).map(\.digest) ?? []
      return Outcome(
        records: records.count, isDryRun: true, reached: try reach.reached(by: Set(records)))
    }
    let log = try registry.feedback()
    // The run says that something was forgotten, and not of whom.
    let run = RecordedRun(
      registry: registry, kind: "feedback forget", parameters: [:], inputs: [])
    return try await run.perform { _ in
      let emptied = try log.forget(person)
      let reached = try reach.reached(by: Set(emptied))
      let outcome = Outcome(records: emptied.count, isDryRun: false, reached: reached)
      return RecordedRun.Ending(
        value: outcome,
        metrics: [
          "records": .integer(emptied.count),
          "reached": .array(reached.map { .string($0.version.label) }),
        ], outputs: [])
    }
  }
}
