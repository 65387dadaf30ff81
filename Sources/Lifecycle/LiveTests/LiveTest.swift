public import Evaluation
import Foundation
public import JSON
import MLOpsCore
public import ModelRegistry

/// A comparison of two releases on live traffic, as the registry knows it: a run that goes on until
/// it is stopped.
public struct LiveTest: Sendable {
  public let plan: LivePlan
  public let run: RunRecord

  /// - Throws: `lifecycle.test_damaged`.
  init(_ run: RunRecord) throws {
    do {
      plan = try LivePlan(json: run.parameters)
    } catch {
      throw LifecycleError.liveTest(
        .damaged(run: run.id.description, reason: FailureReport(error).message))
    }
    self.run = run
  }

  /// Whether it was stopped; its result is in the run then and does not change.
  public var isStopped: Bool { run.outcome != nil }

  /// The stored result of a stopped test: the JSON of its `LiveComparison`.
  public var result: JSONValue? { isStopped ? run.metrics : nil }

  /// What a test is told by, whatever its result. Keys: `test`, `state` (`running`, `stopped`), `run`,
  /// `started_at`, `author`, `reason`, `stopped_at` (null while it runs).
  public var header: [String: JSONValue] {
    [
      "test": .string(plan.name), "state": .string(isStopped ? "stopped" : "running"),
      "run": .string(run.id.description), "started_at": .string(UTCTime.text(run.begunAt)),
      "author": .string("\(run.author.name) <\(run.author.email)>"),
      "reason": run.parameters["reason"] ?? "",
      "stopped_at": run.endedAt.map { .string(UTCTime.text($0)) } ?? .null,
    ]
  }
}

/// The tests of a registry.
public struct LiveTests: Sendable {
  let registry: Registry

  public init(registry: Registry) { self.registry = registry }

  /// All tests, oldest first.
  ///
  /// - Throws: `lifecycle.test_damaged`, `RegistryError`.
  public func all() throws -> [LiveTest] {
    try registry.runs(kind: RunRecord.comparison).map(LiveTest.init)
  }

  /// A test by its name.
  ///
  /// - Throws: `lifecycle.no_such_test`, and as `all`.
  public func named(_ name: String) throws -> LiveTest {
    let all = try all()
    guard let test = all.first(where: { $0.plan.name == name }) else {
      throw LifecycleError.liveTest(
        .unknown(name, near: Spelling.nearest(to: name, in: all.map(\.plan.name))))
    }
    return test
  }
}
