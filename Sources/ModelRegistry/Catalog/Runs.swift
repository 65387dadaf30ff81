import Foundation
import GRDB
public import JSON
public import MLOpsCore

extension Registry {
  /// Records that a run begins in this process. What it reads is safe from garbage collection
  /// until it ends or the process does.
  ///
  /// - Parameter check: gets all runs of the kind in the transaction in which this one begins, and
  ///   throws where it may not.
  public func beginRun(
    kind: String, parameters: JSONValue, inputs: [Ingredient], code: JSONValue? = nil,
    check: (([RunRecord]) throws -> Void)? = nil
  ) throws -> RunRecord {
    try change { database in
      try check?(try Registry.runs(kind: kind, database))
      let (now, process) = (Timestamp.now(), ProcessIdentity.current)
      try database.execute(
        sql: """
          INSERT INTO runs (kind, parameters, code, pid, process_start, author_name, author_email,
            begun_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          kind, parameters.canonical, code?.canonical, process.pid, process.start, author.name,
          author.email, now,
        ])
      let id = RunID(database.lastInsertedRowID)
      for input in Set(inputs) {
        try Registry.insert(database, id, "input", input.role, input.digest)
      }
      try EventDraft(action: .runBegun, run: id, reason: kind)
        .insert(database, author: author, time: now)
      return try Registry.knownRun(id, database)
    }
  }

  /// Records how a run ended and what it made.
  ///
  /// - Throws: `registry.run_unknown`, `registry.run_ended`.
  @discardableResult
  public func endRun(
    _ id: RunID, outcome: RunRecord.Outcome, metrics: JSONValue = [:], outputs: [Digest] = []
  ) throws -> RunRecord {
    try change { try end(id, outcome, metrics, outputs, $0) }
  }

  func end(
    _ id: RunID, _ outcome: RunRecord.Outcome, _ metrics: JSONValue, _ outputs: [Digest],
    _ database: Database
  ) throws -> RunRecord {
    let run = try Registry.knownRun(id, database)
    guard run.outcome == nil else { throw RegistryError.runEnded(id) }
    let now = Timestamp.now()
    try database.execute(
      sql: "UPDATE runs SET ended_at = ?, outcome = ?, metrics = ? WHERE id = ?",
      arguments: [now, outcome.rawValue, metrics.canonical, id.value])
    for output in Set(outputs) { try Registry.insert(database, id, "output", "", output) }
    try EventDraft(action: .runEnded, run: id, reason: "\(run.kind) \(outcome.rawValue)")
      .insert(database, author: author, time: now)
    return try Registry.knownRun(id, database)
  }

  /// The latest runs, newest first.
  public func runs(limit: Int) throws -> [RunRecord] {
    try read { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM runs ORDER BY id DESC LIMIT ?", arguments: [limit]
      ).map { try RunRecord(row: $0, database) }
    }
  }

  /// The runs that made a version, newest first.
  ///
  /// - Parameter limit: how many at most.
  public func runs(making digest: Digest, limit: Int) throws -> [RunRecord] {
    try read { database in
      try Row.fetchAll(
        database.cachedStatement(
          sql: """
            SELECT * FROM runs WHERE id IN (
              SELECT run_id FROM run_versions WHERE direction = 'output' AND digest = ?)
            ORDER BY id DESC LIMIT ?
            """), arguments: [digest.hex, limit]
      ).map { try RunRecord(row: $0, database) }
    }
  }

  /// One run.
  ///
  /// - Throws: `registry.run_unknown`.
  public func run(_ id: RunID) throws -> RunRecord {
    try read { try Registry.knownRun(id, $0) }
  }

  static func run(_ id: RunID, _ database: Database) throws -> RunRecord? {
    try Row.fetchOne(database, sql: "SELECT * FROM runs WHERE id = ?", arguments: [id.value])
      .map { try RunRecord(row: $0, database) }
  }

  private static func knownRun(_ id: RunID, _ database: Database) throws -> RunRecord {
    guard let run = try run(id, database) else { throw RegistryError.runUnknown(id) }
    return run
  }

  private static func insert(
    _ database: Database, _ id: RunID, _ direction: String, _ role: String, _ digest: Digest
  ) throws {
    try database.execute(
      sql: "INSERT INTO run_versions (run_id, direction, role, digest) VALUES (?, ?, ?, ?)",
      arguments: [id.value, direction, role, digest.hex])
  }
}

extension RunRecord {
  init(row: Row, _ database: Database) throws {
    id = RunID(row["id"])
    kind = row["kind"]
    func parse(_ text: String?) throws -> JSONValue? {
      try text.map { try JSONValue(parsing: Array($0.utf8)) }
    }
    parameters = try parse(row["parameters"]) ?? .null
    code = try parse(row["code"])
    metrics = try parse(row["metrics"])
    process = ProcessIdentity(pid: row["pid"], start: row["process_start"])
    author = Author(name: row["author_name"], email: row["author_email"])
    begunAt = Timestamp.date(row["begun_at"])
    endedAt = (row["ended_at"] as Int64?).map { Timestamp.date($0) }
    outcome = (row["outcome"] as String?).flatMap(Outcome.init(rawValue:))
    var (inputs, outputs): ([Ingredient], [Digest]) = ([], [])
    for part in try Row.fetchAll(
      database,
      sql: """
        SELECT direction, role, digest FROM run_versions WHERE run_id = ? ORDER BY role, digest
        """, arguments: [id.value])
    {
      guard let digest = Digest(hex: part["digest"]) else { continue }
      let direction: String = part["direction"]
      if direction == "input" {
        inputs.append(Ingredient(role: part["role"], digest: digest))
      } else {
        outputs.append(digest)
      }
    }
    self.inputs = inputs
    self.outputs = outputs
  }

  var json: JSONValue {
    func time(_ date: Date?) -> JSONValue {
      date.map {
        .string(Timestamp.text(Timestamp.of($0)))
      } ?? .null
    }
    return [
      "run": .string(id.description), "kind": .string(kind), "parameters": parameters,
      "code": code ?? .null, "begun_at": time(begunAt), "ended_at": time(endedAt),
      "outcome": outcome.map { .string($0.rawValue) } ?? .null, "metrics": metrics ?? .null,
      "inputs": .array(
        inputs.map { ["role": .string($0.role), "digest": .string($0.digest.description)] }),
      "outputs": .array(outputs.map { .string($0.description) }),
    ]
  }
}
