import Foundation
import MLOpsCore

@testable import Evaluation

/// Ways to write down traffic.
enum LiveFixture {
  static let start = Date(timeIntervalSince1970: 1_767_225_600)

  static func plan(
    weight: Double = 0.5, direction: LivePlan.Direction = .higher, margin: Double? = nil,
    minSubjects: Int = 0, least: Double = 0, most: Double = 1, id: String = "t"
  ) -> LivePlan {
    LivePlan(
      name: "t", id: id, environment: "production",
      baseline: LivePlan.Side(label: "r@v1", digest: Digest(of: Array("1".utf8))),
      candidate: LivePlan.Side(label: "r@v2", digest: Digest(of: Array("2".utf8))),
      weight: weight, outcome: .proxy("n"), least: least, most: most, direction: direction,
      margin: margin, minSubjects: minSubjects, since: start)
  }

  /// - Parameters:
  ///   - day: on which it happened, from 0.
  ///   - recorded: on which it was recorded; the same where it is left out.
  static func outcome(
    _ subject: String, _ arm: LiveAssignment.Arm, _ value: Double, day: Double,
    recorded: Double? = nil
  ) -> LiveOutcome {
    LiveOutcome(
      subject: subject, arm: arm, value: value, at: start.addingTimeInterval(day * 86_400),
      recordedAt: start.addingTimeInterval((recorded ?? day) * 86_400))
  }

  /// Subjects of both arms in turn, with one value each.
  static func traffic(
    _ count: Int, day: Double, candidate: Double, baseline: Double, recorded: Double? = nil
  ) -> [LiveOutcome] {
    (0..<count).map { place in
      let isCandidate = place % 2 == 0
      return outcome(
        "\(day)-\(place)-\(recorded ?? day)", isCandidate ? .candidate : .baseline,
        isCandidate ? candidate : baseline, day: day, recorded: recorded)
    }
  }
}
