public import Foundation

/// One number that a subject's traffic gave.
public struct LiveOutcome: Sendable, Hashable {
  /// A name or what stands for it; the same for all outcomes of one subject.
  public let subject: String
  /// Who answered.
  public let arm: LiveAssignment.Arm
  /// In the range of the plan.
  public let value: Double
  /// When it happened.
  public let at: Date
  /// When it was recorded.
  public let recordedAt: Date

  public init(
    subject: String, arm: LiveAssignment.Arm, value: Double, at: Date, recordedAt: Date
  ) {
    self.subject = subject
    self.arm = arm
    self.value = value
    self.at = at
    self.recordedAt = recordedAt
  }
}

/// What happened on one day, among what was recorded on one day. Days are UTC, counted from 1970.
///
/// Outcomes are taken in the order of these. What is recorded late comes after what was known before,
/// so that it cannot change what a look at the past had seen.
struct LookDay: Hashable, Comparable {
  /// The day on which it was recorded.
  let recorded: Int
  /// The day on which it happened.
  let happened: Int

  init(_ outcome: LiveOutcome) {
    recorded = LookDay.number(outcome.recordedAt)
    happened = LookDay.number(outcome.at)
  }

  static func < (left: LookDay, right: LookDay) -> Bool {
    (left.recorded, left.happened) < (right.recorded, right.happened)
  }

  /// Such as `2026-11-21`.
  static func text(_ day: Int) -> String {
    let date = Date(timeIntervalSince1970: Double(day) * 86_400)
    return date.formatted(Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day())
  }

  private static func number(_ date: Date) -> Int {
    Int((date.timeIntervalSince1970 / 86_400).rounded(.down))
  }
}
