import Datasets
import Evaluation
import Foundation
public import JSON
import MLOpsCore
import ModelRegistry
public import SystemPackage

/// What became of the lines of a file of outcomes.
public struct OutcomesRecorded: Sendable, Equatable {
  /// Lines that are not blank.
  public internal(set) var lines = 0
  public internal(set) var added = 0
  /// Lines whose `id` was there already, with the same content.
  public internal(set) var repeated = 0
  /// Lines whose arm is not the one that their subject is assigned to, which are left out.
  public internal(set) var misassigned = 0
  /// The first of those lines.
  public internal(set) var firstMisassigned: Int?

  /// Keys: `lines`, `added`, `repeated`, `misassigned`.
  public var document: JSONValue {
    [
      "lines": .integer(lines), "added": .integer(added), "repeated": .integer(repeated),
      "misassigned": .integer(misassigned),
    ]
  }
}

extension LiveTests {
  /// Records the outcomes of a file, all or none.
  ///
  /// - Parameter file: NDJSON, compressed or not; `-` is the standard input.
  /// - Throws: `lifecycle.no_such_test`, `lifecycle.test_stopped`, `lifecycle.test_reads_feedback`,
  ///   `lifecycle.invalid_outcomes`, `lifecycle.outcome_conflict`, `lifecycle.no_outcomes`, and what
  ///   reading the file throws.
  public func record(_ file: FilePath, for name: String) throws -> OutcomesRecorded {
    let test = try named(name)
    guard !test.isStopped else { throw LifecycleError.liveTest(.stopped(name)) }
    guard test.plan.outcome != .rating else {
      throw LifecycleError.liveTest(.readsFeedback(name))
    }
    var report = OutcomesRecorded()
    let taken = try OutcomeFile(test.plan).read(file, &report)
    do {
      let appended = try registry.outcomes().append(taken.map(\.record), to: test.run.id)
      (report.added, report.repeated) = (appended.added, appended.repeated)
    } catch RegistryError.outcomeConflict(let key, let place) {
      throw LifecycleError.liveTest(
        .outcomeConflict(file: file.string, line: taken[place].line, key: key))
    } catch RegistryError.outcomesFrozen {
      throw LifecycleError.liveTest(.stopped(name))
    }
    return report
  }
}

/// Reads outcomes, strictly.
private struct OutcomeFile {
  let plan: LivePlan
  let now = Date()

  init(_ plan: LivePlan) { self.plan = plan }

  /// How many wrong lines are told.
  private static let told = 20

  func read(_ file: FilePath, _ report: inout OutcomesRecorded) throws -> [(
    line: Int, record: OutcomeRecord
  )] {
    var reader = try NDJSONReader(file, lineLimit: 1 << 20)
    var taken: [(line: Int, record: OutcomeRecord)] = []
    var wrong: [String] = []
    var wrongCount = 0
    while let row = try reader.next() {
      report.lines += 1
      do throws(Wrong) {
        switch row.content {
        case .failure(let defect): throw Wrong(reason: "it is no JSON: \(defect.reason)")
        case .success(let json):
          guard let record = try record(json) else {
            report.misassigned += 1
            report.firstMisassigned = report.firstMisassigned ?? row.line
            continue
          }
          taken.append((row.line, record))
        }
      } catch {
        wrongCount += 1
        if wrong.count < Self.told { wrong.append("\(file):\(row.line): \(error.reason)") }
      }
    }
    guard wrongCount == 0 else {
      throw LifecycleError.liveTest(
        .invalidOutcomes(file: file.string, wrong, count: wrongCount))
    }
    guard report.lines > 0 else {
      throw LifecycleError.liveTest(.noOutcomes(file: file.string))
    }
    return taken
  }

  /// Why a line is no outcome: a clause without a full stop.
  private struct Wrong: Error {
    let reason: String
  }

  /// Nil where the arm is not the subject's.
  private func record(_ json: JSONValue) throws(Wrong) -> OutcomeRecord? {
    guard let members = json.object else {
      throw Wrong(reason: "expected an object, found \(json.typeName)")
    }
    let known: Set = ["id", "subject", "value", "at", "arm"]
    if let stranger = members.keys.filter({ !known.contains($0) }).min() {
      throw Wrong(
        reason:
          "there is no member '\(stranger.prefix(40))'; expected subject, value, and perhaps at, arm, id"
      )
    }
    let subject = try text("subject", json, required: true) ?? ""
    let value = try value(json)
    let at = try time(json)
    let assigned = plan.assignment.arm(subject: subject)
    if let name = try text("arm", json) {
      guard let arm = LiveAssignment.Arm(rawValue: name) else {
        throw Wrong(reason: "arm is '\(name.prefix(40))', expected candidate or baseline")
      }
      guard arm == assigned else { return nil }
    }
    return OutcomeRecord(
      key: try text("id", json), subject: plan.assignment.pseudonym(subject: subject),
      isCandidate: assigned == .candidate, value: value, at: at)
  }

  private func text(_ key: String, _ json: JSONValue, required: Bool = false) throws(Wrong)
    -> String?
  {
    guard let member = json[key] else {
      guard required else { return nil }
      throw Wrong(reason: "\(key) is missing")
    }
    guard let text = member.string, (1...1024).contains(text.utf8.count) else {
      throw Wrong(
        reason:
          "\(key) has to be a text of 1 to 1024 bytes, found \(member.canonical.prefix(40))")
    }
    return text
  }

  private func value(_ json: JSONValue) throws(Wrong) -> Double {
    guard let member = json["value"] else { throw Wrong(reason: "value is missing") }
    guard case .number = member, let value = member.double, value.isFinite else {
      throw Wrong(reason: "value has to be a number, found \(member.canonical.prefix(40))")
    }
    guard value >= plan.least, value <= plan.most else {
      throw Wrong(
        reason:
          "value is \(member.canonical.prefix(40)), which is out of the test's range \(plan.least)..\(plan.most)"
      )
    }
    return value
  }

  private func time(_ json: JSONValue) throws(Wrong) -> Date? {
    guard let member = json["at"] else { return nil }
    guard let text = member.string, let date = UTCTime.date(text) else {
      throw Wrong(
        reason:
          "at has to be a time such as 2026-11-21T10:00:00Z, found \(member.canonical.prefix(40))")
    }
    // Clocks differ a little.
    guard date <= now.addingTimeInterval(60) else {
      throw Wrong(reason: "at is \(text), which has not come yet")
    }
    guard date >= plan.since else {
      throw Wrong(
        reason: "at is \(text), before the test began (\(UTCTime.text(plan.since)))")
    }
    return date
  }
}
