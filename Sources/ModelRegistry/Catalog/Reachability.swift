import GRDB
import MLOpsCore

/// Which versions are needed, and by what.
///
/// Reasons spread: what a needed version was made from is needed too.
struct Reachability {
  private struct Version {
    let id: Int64
    let name: ArtifactName
    let number: VersionNumber
    let digest: Digest
    let createdAt: Int64
  }

  private let database: Database
  private let resumable: Set<RunID>
  private var versions: [Version] = []
  private var reasons: [Digest: [String]] = [:]

  /// - Parameter resumable: ended runs that a training can go on from.
  init(_ database: Database, resumable: Set<RunID>) throws {
    self.database = database
    self.resumable = resumable
    versions = try Row.fetchAll(
      database,
      sql: """
        SELECT v.id, a.name, v.number, v.digest, v.created_at FROM versions v
        JOIN artifacts a ON a.id = v.artifact_id ORDER BY a.name, v.number
        """
    ).compactMap { row in
      guard let number = VersionNumber(row[2] as Int), let digest = Digest(hex: row[3]) else {
        return nil
      }
      return Version(
        id: row[0], name: try ArtifactName(row[1] as String), number: number, digest: digest,
        createdAt: row[4])
    }
    try markRoots()
    try markAncestors()
  }

  /// One decision for every version.
  ///
  /// - Parameter limit: versions made before may go; nil keeps all.
  func decisions(olderThan limit: Int64?) -> [GCDecision] {
    versions.map { version in
      var why = reasons[version.digest] ?? []
      if why.isEmpty {
        if let limit {
          if version.createdAt >= limit { why = ["younger than asked for"] }
        } else {
          why = ["no age was given, so versions stay"]
        }
      }
      return GCDecision(
        subject: .version(version.name, version.number, version.digest), keep: !why.isEmpty,
        reasons: why.isEmpty ? ["old, and nothing points at it"] : why, size: 0)
    }
  }

  private mutating func mark(_ hex: String?, _ reason: String) {
    guard let digest = hex.flatMap({ Digest(hex: $0) }) else { return }
    if reasons[digest]?.contains(reason) != true { reasons[digest, default: []].append(reason) }
  }

  private mutating func markRoots() throws {
    for row in try Row.fetchAll(
      database,
      sql: """
        SELECT v.digest, l.alias FROM aliases l JOIN versions v ON v.id = l.version_id
        ORDER BY l.alias
        """)
    {
      mark(row[0], "alias \(row[1] as String)")
    }
    for row in try Row.fetchAll(
      database,
      sql: "SELECT release, environment, number, evidence FROM generations ORDER BY 2, 3")
    {
      let generation = "\(row[1] as String)#\(row[2] as Int)"
      mark(row[0], "generation \(generation)")
      mark(row[3], "evidence of generation \(generation)")
    }
    for row in try Row.fetchAll(
      database,
      sql: """
        SELECT v.digest FROM artifacts a JOIN versions v ON v.artifact_id = a.id
          AND v.number = (SELECT max(number) FROM versions WHERE artifact_id = a.id)
        """)
    {
      mark(row[0], "newest of its name")
    }
    try markRuns()
  }

  /// What live runs read, and runs that can be resumed.
  private mutating func markRuns() throws {
    for row in try Row.fetchAll(
      database,
      sql: """
        SELECT r.id, r.pid, r.process_start, p.digest, r.ended_at, r.kind FROM runs r
        JOIN run_versions p ON p.run_id = r.id WHERE r.outcome IS NOT 'succeeded' ORDER BY r.id
        """)
    {
      let id = RunID(row[0] as Int64)
      if row[4] == nil, row[5] == RunRecord.comparison {
        mark(row[3], "\(id), a comparison on live traffic, goes on")
      } else if row[4] == nil, ProcessIdentity(pid: row[1], start: row[2]).isAlive {
        mark(row[3], "live run \(id)")
      } else if resumable.contains(id) {
        mark(row[3], "\(id) can be resumed")
      }
    }
  }

  private mutating func markAncestors() throws {
    var names: [Digest: String] = [:]
    for version in versions { names[version.digest] = "\(version.name)@\(version.number)" }
    let statement = try database.cachedStatement(
      sql: """
        SELECT DISTINCT i.digest, i.role FROM ingredients i
        JOIN versions v ON v.id = i.version_id WHERE v.digest = ?
        """)
    var front = Array(reasons.keys)
    var visited = Set(front)
    while let digest = front.popLast() {
      for row in try Row.fetchAll(statement, arguments: [digest.hex]) {
        guard let ancestor = Digest(hex: row[0]) else { continue }
        mark(row[0], "\(row[1] as String) of \(names[digest] ?? "sha256:\(digest.short)")")
        if visited.insert(ancestor).inserted { front.append(ancestor) }
      }
    }
  }
}
