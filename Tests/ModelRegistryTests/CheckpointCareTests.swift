import Foundation
import GRDB
import JSON
import MLOpsCore
import ModelRegistry
import SystemPackage
import Testing

/// What garbage collection does with checkpoints: what a training can still go on from stays.
@Suite struct CheckpointCareTests {
  /// A store with runs in every state, each with a file in its folder of checkpoints.
  private struct Fixture {
    let store: FixtureStore

    init() throws { store = try FixtureStore() }

    /// Begins a run of this process.
    func begin(from other: RunID? = nil, inputs: [Ingredient] = []) throws -> RunID {
      var parameters: [String: JSONValue] = ["rank": 4]
      parameters["resumed_from"] = other.map { .string($0.description) }
      return try store.registry.beginRun(
        kind: "train", parameters: .object(parameters), inputs: inputs
      ).id
    }

    /// Makes it the run of a process that was killed.
    func kill(_ run: RunID) throws {
      let database = try DatabaseQueue(path: store.root.appending("registry.db").string)
      try database.write {
        try $0.execute(
          sql: "UPDATE runs SET pid = 2147483646, process_start = 'x/1' WHERE id = ?",
          arguments: [run.value])
      }
    }

    /// Writes a file into the run's folder of checkpoints.
    func leave(
      _ run: RunID, _ name: String = "step-00000008.checkpoint", secondsAgo: Double = 0
    ) throws {
      let path = store.registry.checkpointFolder(of: run).appending(name)
      try FileManager.default.createDirectory(
        atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
      try Data("12345".utf8).write(to: URL(fileURLWithPath: path.string))
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -secondsAgo)], ofItemAtPath: path.string)
    }

    /// What a collection says of each run's checkpoints; a dry run has to say the same before.
    func collect(olderThan age: Duration? = nil) throws -> [RunID: String] {
      func said(_ report: GCReport) -> [RunID: String] {
        var said: [RunID: String] = [:]
        for decision in report.decisions {
          guard case .checkpoints(let run) = decision.subject else { continue }
          said[run] = "\(decision.keep ? "keep" : "remove"): \(decision.reasons.joined())"
        }
        return said
      }
      let before = try said(store.registry.gc(dryRun: true, olderThan: age))
      for run in before.keys { #expect(hasCheckpoints(run)) }
      let done = try said(store.registry.gc(dryRun: false, olderThan: age))
      #expect(done == before)
      for (run, what) in done { #expect(hasCheckpoints(run) == what.hasPrefix("keep")) }
      return done
    }

    func hasCheckpoints(_ run: RunID) -> Bool {
      FileManager.default.fileExists(atPath: store.registry.checkpointFolder(of: run).string)
    }
  }

  @Test func `without an age only what ended well goes`() throws {
    let fixture = try Fixture()
    let (live, done) = (try fixture.begin(), try fixture.begin())
    let (failed, stopped) = (try fixture.begin(), try fixture.begin())
    let (killed, empty) = (try fixture.begin(), try fixture.begin())
    for run in [live, done, failed, stopped, killed] {
      try fixture.leave(run, secondsAgo: 1_000_000)
    }
    try fixture.leave(empty, "step-00000001.checkpoint.writing")
    let unknown = RunID(900)
    try fixture.leave(unknown)
    let registry = fixture.store.registry
    try registry.endRun(done, outcome: .succeeded)
    try registry.endRun(failed, outcome: .failed)
    try registry.endRun(stopped, outcome: .cancelled)
    for run in [killed, empty] { try fixture.kill(run) }
    let expected = [
      live: "keep: live run \(live)", done: "remove: \(done) ended well",
      failed: "keep: \(failed) can be resumed", stopped: "keep: \(stopped) can be resumed",
      killed: "keep: \(killed) can be resumed",
      empty: "remove: \(empty) died before one was whole",
      unknown: "keep: the run is not in the catalog",
    ]
    #expect(try fixture.collect() == expected)
    // Again, of what is left.
    #expect(try fixture.collect().count == 5)
  }

  @Test func `with an age abandoned ones go, counted from the last checkpoint`() throws {
    let fixture = try Fixture()
    let (live, old, recent) = (try fixture.begin(), try fixture.begin(), try fixture.begin())
    for run in [old, recent] { try fixture.kill(run) }
    // All began just now in this store's clock; as if they had begun two days ago.
    let database = try DatabaseQueue(path: fixture.store.root.appending("registry.db").string)
    try database.write {
      try $0.execute(sql: "UPDATE runs SET begun_at = begun_at - 172800000000")
    }
    try fixture.leave(live, secondsAgo: 172_000)
    try fixture.leave(old, secondsAgo: 172_000)
    try fixture.leave(recent, secondsAgo: 172_000)
    try fixture.leave(recent, "step-00000009.checkpoint", secondsAgo: 60)
    let expected = [
      live: "keep: live run \(live)", old: "remove: \(old) is unfinished and old",
      recent: "keep: \(recent) can be resumed",
    ]
    #expect(try fixture.collect(olderThan: .seconds(86_400)) == expected)
    #expect(
      try fixture.collect(olderThan: .zero) == [
        live: "keep: live run \(live)", recent: "remove: \(recent) is unfinished and old",
      ])
  }

  @Test func `what a run went on from stays while it runs, and goes once it ended well`() throws {
    let fixture = try Fixture()
    let first = try fixture.begin()
    try fixture.kill(first)
    let second = try fixture.begin(from: first)
    try fixture.kill(second)
    let third = try fixture.begin(from: second)
    for run in [first, second] { try fixture.leave(run, secondsAgo: 1_000_000) }
    // The third has read the second's and has none of its own yet.
    #expect(
      try fixture.collect() == [
        first: "keep: \(first) can be resumed", second: "keep: live run \(third) goes on from it",
      ])
    #expect(
      try fixture.collect(olderThan: .zero) == [
        first: "remove: \(first) is unfinished and old",
        second: "keep: live run \(third) goes on from it",
      ])
    try fixture.leave(first)
    try fixture.leave(third)
    // As if the process had been killed between the end of the run and the removal of checkpoints.
    try fixture.store.registry.endRun(third, outcome: .succeeded)
    #expect(
      try fixture.collect() == [
        first: "remove: \(third), which went on from it, ended well",
        second: "remove: \(third), which went on from it, ended well",
        third: "remove: \(third) ended well",
      ])
  }

  @Test func `what a run that can be resumed has read stays as long as its checkpoints`() throws {
    let fixture = try Fixture()
    let store = fixture.store
    let data = try store.add("rows", "the rows of a training").record
    let base = try store.add("base", "weights", kind: .model).record
    try store.add("rows", "newer rows")
    try store.add("base", "newer weights", kind: .model)
    let run = try fixture.begin(inputs: [
      Ingredient(role: "data", digest: data.digest), Ingredient(role: "base", digest: base.digest),
    ])
    try fixture.leave(run)
    try store.registry.endRun(run, outcome: .cancelled)
    // Everything is older than an age of zero, but for a checkpoint of the next hour.
    try fixture.leave(run, secondsAgo: -3600)
    func versions(_ report: GCReport) -> [Digest: [String]] {
      var why: [Digest: [String]] = [:]
      for decision in report.decisions {
        if case .version(_, _, let digest) = decision.subject { why[digest] = decision.reasons }
      }
      return why
    }
    let dry = try versions(store.registry.gc(dryRun: true, olderThan: .zero))
    let kept = try versions(store.registry.gc(dryRun: false, olderThan: .zero))
    #expect(kept == dry)
    for version in [data, base] { #expect(kept[version.digest] == ["\(run) can be resumed"]) }
    #expect(try store.resolve("rows@v1").digest == data.digest)

    try fixture.leave(run, secondsAgo: 60)
    let gone = try store.registry.gc(dryRun: false, olderThan: .zero)
    #expect(gone.removed.contains { $0.subject == .checkpoints(run) })
    for version in [data, base] {
      #expect(versions(gone)[version.digest] == ["old, and nothing points at it"])
    }
    #expect(throws: RegistryError.self) { try store.resolve("rows@v1") }
    #expect(try store.registry.verify().isSound)
  }
}
