import GRDB
import JSON
import MLOpsCore
import SystemPackage

/// Which runs' checkpoints are needed, and why: what a training could still go on from stays.
struct CheckpointCollection {
  /// A run with something in its folder of checkpoints.
  private struct Holder {
    let id: RunID
    /// Bytes.
    let size: Int64
    /// Whether there is a whole checkpoint, not only what a kill left half written.
    let isResumable: Bool
    /// Microseconds since 1970; of the newest file.
    let written: Int64
  }

  /// What checkpoints end with; half-written ones have another word after it.
  private static let suffix = ".checkpoint"

  private let holders: [Holder]

  /// Looks at the folders in `runs/`.
  ///
  /// - Throws: `registry.system`.
  init(_ registry: Registry) throws {
    holders = try FileSystem.names(in: registry.layout.runs).compactMap { name in
      guard let id = RunID(name) else { return nil }
      let folder = registry.checkpointFolder(of: id)
      let names = try FileSystem.names(in: folder)
      // A file may go meanwhile: a training keeps its latest two.
      let files = try names.compactMap { try FileSystem.status(folder.appending($0)) }
      guard !files.isEmpty else { return nil }
      return Holder(
        id: id, size: files.reduce(0) { $0 + $1.size },
        isResumable: names.contains { $0.hasSuffix(Self.suffix) },
        written: (files.map(\.modified).max() ?? 0) / 1000)
    }.sorted { $0.id < $1.id }
  }

  /// One decision for every run that has checkpoints.
  ///
  /// - Parameter limit: microseconds since 1970; unfinished runs that did nothing since then lose
  ///   theirs. Nil keeps every unfinished run's.
  func decisions(olderThan limit: Int64?, _ database: Database) throws -> [GCDecision] {
    let successors = try Successors(database)
    return try holders.map { holder in
      let (keep, reason) = fate(
        of: holder, try Registry.run(holder.id, database), successors, limit)
      return GCDecision(
        subject: .checkpoints(holder.id), keep: keep, reasons: [reason], size: holder.size)
    }
  }

  private func fate(
    of holder: Holder, _ run: RunRecord?, _ successors: Successors, _ limit: Int64?
  ) -> (keep: Bool, reason: String) {
    let id = holder.id
    guard let run else { return (true, "the run is not in the catalog") }
    if run.state == .running { return (true, "live run \(id)") }
    if let other = successors.live[id] { return (true, "live run \(other) goes on from it") }
    if run.outcome == .succeeded { return (false, "\(id) ended well") }
    if let other = successors.succeeded[id] {
      return (false, "\(other), which went on from it, ended well")
    }
    guard holder.isResumable else { return (false, "\(id) died before one was whole") }
    // A run that died says nothing of when; its last checkpoint does.
    let lastSeen = max(Timestamp.of(run.endedAt ?? run.begunAt), holder.written)
    if let limit, lastSeen < limit { return (false, "\(id) is unfinished and old") }
    return (true, "\(id) can be resumed")
  }

  /// Which runs went on from which.
  private struct Successors {
    /// A run that still runs, by the one whose checkpoint it began with.
    private(set) var live: [RunID: RunID] = [:]
    /// A run that ended well, by those that it went on from, however many lie between.
    private(set) var succeeded: [RunID: RunID] = [:]

    init(_ database: Database) throws {
      // The parameters are canonical JSON; what only looks like it is told apart below.
      let runs = try Row.fetchAll(
        database,
        sql: #"SELECT * FROM runs WHERE parameters LIKE '%"resumed_from":"run-%' ORDER BY id"#
      ).map { try RunRecord(row: $0, database) }
      var before: [RunID: RunID] = [:]
      for run in runs {
        guard let from = run.parameters["resumed_from"]?.string.flatMap({ RunID($0) }) else {
          continue
        }
        before[run.id] = from
        if run.state == .running { live[from] = run.id }
      }
      for run in runs where run.outcome == .succeeded {
        var next = before[run.id]
        while let id = next, succeeded[id] == nil {
          succeeded[id] = run.id
          next = before[id]
        }
      }
    }
  }
}

extension Registry {
  /// The runs whose checkpoints stay: what they read is needed to go on.
  ///
  /// - Parameter limit: see `CheckpointCollection.decisions`.
  func resumableRuns(olderThan limit: Int64?) throws -> Set<RunID> {
    let collection = try CheckpointCollection(self)
    let decisions = try read { try collection.decisions(olderThan: limit, $0) }
    return Set(
      decisions.compactMap {
        if $0.keep, case .checkpoints(let id) = $0.subject { id } else { nil }
      })
  }

  /// Removes the checkpoints that nobody goes on from: of runs that ended well or that such a run
  /// went on from, and, where an age is given, of those that were stopped or died before.
  ///
  /// - Parameter limit: see `CheckpointCollection.decisions`.
  func collectCheckpoints(dryRun: Bool, olderThan limit: Int64?) throws -> [GCDecision] {
    let collection = try CheckpointCollection(self)
    if dryRun { return try read { try collection.decisions(olderThan: limit, $0) } }
    // A transaction: a run that goes on from one begins before it, and is seen, or after it.
    return try write { database in
      let decisions = try collection.decisions(olderThan: limit, database)
      for decision in decisions where !decision.keep {
        if case .checkpoints(let id) = decision.subject { try removeCheckpoints(of: id) }
      }
      return decisions
    }
  }
}
