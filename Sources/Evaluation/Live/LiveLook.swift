public import JSON

/// What the outcomes of a comparison said after one day.
public struct LiveLook: Sendable, Hashable {
  /// Where a comparison stands.
  public enum Decision: String, Sendable, Hashable, CaseIterable {
    /// The candidate's outcomes are better.
    case better
    /// They are worse: the candidate does harm.
    case worse
    /// They differ by less than the margin.
    case equivalent
    /// Nothing is decided.
    case goOn = "go_on"
  }

  /// What one arm has had.
  public struct Arm: Sendable, Hashable {
    public let subjects: Int
    /// Of the subjects' means, in the unit of the outcomes; nil without subjects.
    public let mean: Double?

    init(_ arm: ConfidenceSequence.Arm) {
      subjects = arm.subjects
      mean = arm.subjects > 0 ? arm.mean : nil
    }
  }

  /// The UTC day that it is the end of, such as `2026-11-21`.
  public let day: String
  /// The UTC day on which the day's outcomes were recorded.
  public let recordedOn: String
  public let candidate: Arm
  public let baseline: Arm
  /// Candidate − baseline, in the unit of the outcomes; nil without subjects.
  public let difference: Double?
  /// What is left of the differences that are possible, after this look and all before it. Where the
  /// lower end is above the upper one, the looks contradict each other: the effect was not steady.
  public let interval: Interval
  /// The least of this look and all before it, 0 to 1.
  public let pValue: Double
  public let decision: Decision

  /// Keys: `day`, `recorded_on`, `candidate` and `baseline` (each `subjects`, `mean`), `difference`,
  /// `lower`, `upper`, `p_value`, `decision`; means and differences are null without subjects.
  public var json: JSONValue {
    [
      "day": .string(day), "recorded_on": .string(recordedOn), "candidate": candidate.json,
      "baseline": baseline.json, "difference": difference.map { .double($0) } ?? .null,
      "lower": .double(interval.lower), "upper": .double(interval.upper),
      "p_value": .double(pValue), "decision": .string(decision.rawValue),
    ]
  }
}

extension LiveLook.Arm {
  var json: JSONValue {
    ["subjects": .integer(subjects), "mean": mean.map { .double($0) } ?? .null]
  }
}
