import Foundation
import JSON
import MLOpsCore
import SystemPackage
import Testing

@testable import ModelRegistry

/// Outcomes of live traffic, and the runs that they belong to.
@Suite(.timeLimit(.minutes(5))) struct OutcomeLogTests {
  private func record(
    _ key: String? = nil, _ value: Double = 1, subject: String = "a", isCandidate: Bool = true,
    at: Date? = nil
  ) -> OutcomeRecord {
    OutcomeRecord(
      key: key, subject: String(repeating: subject, count: 32), isCandidate: isCandidate,
      value: value, at: at)
  }

  @Test("outcomes come back in their order, each run's own, and without a time they are of now")
  func order() throws {
    let store = try FixtureStore()
    #expect(try store.registry.outcomesIfAny() == nil)
    let log = try store.registry.outcomes()
    let before = Date().addingTimeInterval(-1)
    let old = Date(timeIntervalSince1970: 1_000_000_000)
    #expect(
      try log.append([record(nil, 0.25, at: old), record(nil, 0.5)], to: RunID(1)).added == 2)
    _ = try log.append([record(nil, 0.75, isCandidate: false)], to: RunID(2))
    let records = try store.reopened().outcomes().records(of: RunID(1))
    #expect(records.map(\.value) == [0.25, 0.5])
    #expect(records[0].at == old && (records[1].at ?? old) > before)
    #expect(records.allSatisfy { ($0.recordedAt ?? old) > before && $0.isCandidate })
    #expect(try log.records(of: RunID(2)).map(\.isCandidate) == [false])
    #expect(try store.registry.verify().problems.isEmpty)
  }

  @Test("an outcome of a known key is recorded once; one that says something else keeps all out")
  func keys() throws {
    let store = try FixtureStore()
    let log = try store.registry.outcomes()
    let day = Date(timeIntervalSince1970: 1_700_000_000)
    _ = try log.append([record("k", 1, at: day)], to: RunID(1))
    let again = try log.append([record("k", 1, at: day), record("k"), record("l")], to: RunID(1))
    #expect(again.added == 1 && again.repeated == 2)
    // Other tests have keys of their own.
    #expect(try log.append([record("k", 0)], to: RunID(2)).added == 1)
    for wrong in [
      record("k", 0), record("k", subject: "b"), record("k", isCandidate: false),
      record("k", at: day.addingTimeInterval(1)),
    ] {
      #expect(throws: RegistryError.outcomeConflict(key: "k", place: 1)) {
        try log.append([record("new"), wrong], to: RunID(1))
      }
    }
    #expect(try log.records(of: RunID(1)).count == 2)
  }

  @Test("a frozen run takes nothing more, and was frozen once")
  func frozen() throws {
    let store = try FixtureStore()
    let log = try store.registry.outcomes()
    let time = try log.freeze(RunID(3))
    #expect(throws: RegistryError.outcomesFrozen(RunID(3))) {
      try log.append([record()], to: RunID(3))
    }
    #expect(try log.append([record()], to: RunID(4)).added == 1)
    #expect(try store.reopened().outcomes().freeze(RunID(3)) == time)
  }

  @Test("many processes' worth of writers at once lose nothing, also where the file is missing yet")
  func writers() throws {
    let store = try FixtureStore()
    let root = store.root
    DispatchQueue.concurrentPerform(iterations: 8) { writer in
      do {
        let registry = try Registry.open(at: root, author: FixtureStore.author)
        for number in 0..<5 {
          _ = try registry.outcomes().append(
            [record("\(writer)-\(number)"), record("shared-\(number)")], to: RunID(1))
        }
      } catch {
        Issue.record(error)
      }
    }
    #expect(try store.registry.outcomes().records(of: RunID(1)).count == 45)
  }

  @Test("an empty file is a loss, one that is no database is damage, and verify tells both")
  func damage() throws {
    let store = try FixtureStore()
    let url = URL(fileURLWithPath: store.root.appending("outcomes.db").string)
    try Data().write(to: url)
    #expect(throws: RegistryError.outcomesLost(store.root.appending("outcomes.db"))) {
      try store.registry.outcomes()
    }
    #expect(try store.registry.verify().problems.count == 1)
    try Data(repeating: 0x41, count: 8192).write(to: url)
    #expect(throws: RegistryError.self) { try store.registry.outcomesIfAny() }
    #expect(try store.registry.verify().problems.count == 1)
  }

  @Test("a comparison goes on without a process, keeps its releases, and ends with its version")
  func comparison() throws {
    let store = try FixtureStore()
    let old = try store.add("d", "old").record
    try store.add("d", "new")
    let run = try store.registry.beginRun(
      kind: RunRecord.comparison, parameters: ["test": "t"],
      inputs: [Ingredient(role: "candidate", digest: old.digest)])
    #expect(run.state == .running)
    #expect(try store.registry.gc(dryRun: true, olderThan: .zero).decisions.allSatisfy(\.keep))
    #expect(try store.registry.runs(kind: RunRecord.comparison).map(\.id) == [run.id])
    // The check sees what is there in the transaction itself, and nothing is written where it throws.
    #expect(throws: RegistryError.runUnknown(run.id)) {
      try store.registry.beginRun(
        kind: RunRecord.comparison, parameters: [:], inputs: [],
        check: { _ in throw RegistryError.runUnknown(run.id) })
    }
    let draft = VersionDraft(
      name: try ArtifactName("ab-t"), kind: .evaluation,
      files: [
        SourceFile(
          path: try ContentPath("report.json"), content: .bytes([0x7B, 0x7D]),
          mediaType: "application/json")
      ])
    let added = try store.registry.endRun(run.id, metrics: ["decision": "worse"], adding: draft)
    let ended = try store.registry.run(run.id)
    #expect(ended.outputs == [added.record.digest] && ended.metrics == ["decision": "worse"])
    var other = draft
    other.reason = "again"
    other.metadata = ["a": 1]
    #expect(throws: RegistryError.runEnded(run.id)) {
      try store.registry.endRun(run.id, metrics: [:], adding: other)
    }
    // Neither half of what was refused is there.
    #expect(try store.registry.versions(of: ArtifactName("ab-t")).count == 1)
    #expect(try store.registry.verify().problems.isEmpty)
  }
}
