public import Evaluation
public import Foundation
public import JSON
import MLOpsCore
public import ModelRegistry

/// Where a test stands: from the outcomes while it runs, from what was stored when it was stopped.
public struct LiveTestStatus: Sendable {
  public let test: LiveTest
  /// Until when outcomes count; nil for all.
  public let at: Date?
  /// Nil for a stopped test.
  public let comparison: LiveComparison?
  /// Outcomes of feedback whose person is not known, which are left out.
  public let anonymous: Int

  /// What the comparison says; the stored one of a stopped test.
  public let report: JSONValue

  /// Keys: those of `LiveComparison.json` and of `LiveTest.header`, `anonymous`, `at` (null for now), and
  /// `evaluation`, the digest of the stored result, null while it runs.
  public var document: JSONValue {
    var object = (report.object ?? [:]).merging(test.header) { $1 }
    object["anonymous"] = report["anonymous"] ?? .integer(anonymous)
    object["at"] = at.map { .string(UTCTime.text($0)) } ?? .null
    object["evaluation"] =
      test.isStopped
      ? test.run.outputs.first.map { .string($0.description) } ?? .null : .null
    // Of the stored result only.
    (object["sums"], object["format"]) = (nil, nil)
    return .object(object)
  }

  /// Where it stands.
  public var decision: LiveLook.Decision {
    report["decision"]?.string.flatMap(LiveLook.Decision.init) ?? .goOn
  }
}

extension LiveTests {
  /// Where a test stands.
  ///
  /// - Parameters:
  ///   - name: of the test.
  ///   - time: only what happened until then; a stopped test has one result, so it takes none.
  /// - Throws: `lifecycle.no_such_test`, `lifecycle.bad_option`, `EvaluationError`, `RegistryError`.
  public func status(_ name: String, at time: Date? = nil) throws -> LiveTestStatus {
    let test = try named(name)
    if let result = test.result {
      guard time == nil else {
        throw LifecycleError.badOption(
          "at", reason: "'\(name)' was stopped, and what is stored of it is its one result")
      }
      return LiveTestStatus(test: test, at: nil, comparison: nil, anonymous: 0, report: result)
    }
    return try status(test, until: time)
  }

  /// Stops a test: nothing more is let in, and the result is stored for good.
  ///
  /// - Throws: `lifecycle.no_such_test`, `lifecycle.test_stopped`, `EvaluationError`, `RegistryError`.
  public func stop(_ name: String, reason: String = "") throws -> (
    status: LiveTestStatus, evaluation: VersionRecord
  ) {
    let test = try named(name)
    guard !test.isStopped else { throw LifecycleError.liveTest(.stopped(name)) }
    // What is recorded from here on is refused, so that the result is that of all outcomes.
    let end = try registry.outcomes().freeze(test.run.id)
    let status = try status(test, until: test.plan.outcome == .rating ? end : nil)
    var evidence = status.report.object ?? [:]
    evidence["format"] = "mlops.ab/v1"
    evidence["run"] = .string(test.run.id.description)
    evidence["stopped_at"] = .string(UTCTime.text(end))
    evidence["anonymous"] = .integer(status.anonymous)
    do {
      let added = try registry.endRun(
        test.run.id, metrics: .object(evidence),
        adding: try draft(test, .object(evidence), reason))
      return (try self.status(name), added.record)
    } catch RegistryError.runEnded {
      throw LifecycleError.liveTest(.stopped(name))
    }
  }

  private func draft(_ test: LiveTest, _ evidence: JSONValue, _ reason: String) throws
    -> VersionDraft
  {
    VersionDraft(
      name: try ArtifactName("ab-\(test.plan.name)"), kind: .evaluation,
      files: [
        SourceFile(
          path: try ContentPath("report.json"), content: .bytes(evidence.canonicalBytes),
          mediaType: MediaType.json)
      ],
      ingredients: [
        Ingredient(role: "candidate", digest: test.plan.candidate.digest),
        Ingredient(role: "baseline", digest: test.plan.baseline.digest),
      ],
      metadata: [
        "ab": .string(test.plan.name), "decision": evidence["decision"] ?? .null,
        "environment": .string(test.plan.environment),
      ], reason: reason, code: Provenance.here)
  }

  private func status(_ test: LiveTest, until time: Date?) throws -> LiveTestStatus {
    let (outcomes, anonymous) = try outcomes(of: test)
    let comparison = try LiveComparison(
      test.plan, outcomes: outcomes.filter { outcome in time.map { outcome.at <= $0 } ?? true })
    return LiveTestStatus(
      test: test, at: time, comparison: comparison, anonymous: anonymous, report: comparison.json)
  }

  private func outcomes(of test: LiveTest) throws -> ([LiveOutcome], anonymous: Int) {
    guard test.plan.outcome == .rating else {
      let records = try registry.outcomesIfAny()?.records(of: test.run.id) ?? []
      return (
        records.map { record in
          LiveOutcome(
            subject: record.subject, arm: record.isCandidate ? .candidate : .baseline,
            value: record.value, at: record.at ?? test.plan.since,
            recordedAt: record.recordedAt ?? test.plan.since)
        }, 0
      )
    }
    let plan = test.plan
    let thumbs =
      try registry.feedbackIfAny()?.thumbs(
        of: [plan.candidate.digest, plan.baseline.digest], since: plan.since) ?? []
    let outcomes = thumbs.compactMap { thumb in
      thumb.person.map { person in
        LiveOutcome(
          subject: person, arm: thumb.release == plan.candidate.digest ? .candidate : .baseline,
          value: thumb.rating == .up ? 1 : 0, at: thumb.judgedAt, recordedAt: thumb.recordedAt)
      }
    }
    return (outcomes, thumbs.count - outcomes.count)
  }
}
