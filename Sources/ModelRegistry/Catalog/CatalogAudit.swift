import GRDB
import JSON
import MLOpsCore

/// Checks the catalog against the invariants of FORMAT.md, section 8, by their numbers.
struct CatalogAudit {
  private let database: Database

  init(_ database: Database) { self.database = database }

  func problems() throws -> [VerifyProblem] {
    var found = try integrity()
    for rule in CatalogAudit.rules {
      for detail in try String.fetchAll(database, sql: rule.sql) {
        found.append(VerifyProblem(.catalog(invariant: rule.invariant, detail: detail)))
      }
    }
    return found + (try manifests())
  }

  private func integrity() throws -> [VerifyProblem] {
    let broken = try String.fetchAll(database, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
    let foreign = try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").map {
      "a row of \($0[0] as String) refers to a missing row of \($0[2] as String)"
    }
    return (broken + foreign).map { VerifyProblem(.catalog(invariant: 3, detail: $0)) }
  }

  /// The manifest is what the digest says, and the rows are what the manifest says.
  private func manifests() throws -> [VerifyProblem] {
    var found: [VerifyProblem] = []
    let files = try database.cachedStatement(
      sql: """
        SELECT f.path, f.digest, b.size FROM version_files f JOIN blobs b ON b.digest = f.digest
        WHERE version_id = ? ORDER BY f.path
        """)
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT v.id, v.number, v.digest, v.manifest, v.size, a.name FROM versions v
        JOIN artifacts a ON a.id = v.artifact_id
        """)
    while let row = try rows.next() {
      let digest: String = row["digest"]
      let text: String = row["manifest"]
      let label = "\(row["name"] as String)@v\(row["number"] as Int)"
      func report(_ detail: String) {
        found.append(VerifyProblem(.catalog(invariant: 2, detail: "\(label) \(detail)")))
      }
      let actual = Digest(of: Array(text.utf8))
      guard actual.hex == digest else {
        report("has the digest sha256:\(digest), its manifest has \(actual)")
        continue
      }
      guard let json = try? JSONValue(parsing: Array(text.utf8)),
        let manifest = try? Manifest(json: json)
      else {
        report("has a manifest that cannot be read")
        continue
      }
      let listed = try Row.fetchAll(files, arguments: [row["id"] as Int64]).map {
        "\($0[0] as String) \($0[1] as String) \($0[2] as Int64)"
      }
      let wanted = manifest.files.map { "\($0.path) \($0.digest.hex) \($0.size)" }
      if Set(listed) != Set(wanted) { report("has rows in version_files unlike its manifest") }
      if manifest.size != row["size"] as Int64 { report("has a size unlike its manifest") }
    }
    return found
  }

  private struct Rule {
    let invariant: Int
    /// Gives one text for each violation.
    let sql: String
  }

  private static let rules = [
    Rule(
      invariant: 4,
      sql: """
        SELECT name || ' counts ' || version_count || ' versions up to ' || last_number FROM artifacts a
        WHERE version_count != (SELECT count(*) FROM versions WHERE artifact_id = a.id)
          OR last_number < (SELECT coalesce(max(number), 0) FROM versions WHERE artifact_id = a.id)
          OR total_size != (SELECT coalesce(sum(size), 0) FROM versions WHERE artifact_id = a.id)
        """),
    Rule(
      invariant: 4,
      sql: """
        SELECT name || ' gave ' || last_number || ' numbers, its events tell of ' || count(e.sequence)
        FROM artifacts a LEFT JOIN events e ON e.artifact = a.name AND e.action = 'version_added'
        GROUP BY a.id HAVING count(e.sequence) != last_number
          OR count(DISTINCT e.version) != last_number
        """),
    Rule(
      invariant: 5,
      sql: """
        SELECT 'there are ' || count(*) || ' events, the last is ' || max(sequence) FROM events
        HAVING count(*) != coalesce(max(sequence), 0)
        """),
    Rule(
      invariant: 5,
      sql: """
        WITH last AS (
          SELECT artifact, alias, version, action, max(sequence) FROM events
          WHERE alias IS NOT NULL GROUP BY artifact, alias),
        told AS (SELECT artifact, alias, version FROM last WHERE action = 'alias_set'),
        kept AS (
          SELECT a.name AS artifact, l.alias, v.number AS version FROM aliases l
          JOIN artifacts a ON a.id = l.artifact_id JOIN versions v ON v.id = l.version_id)
        SELECT 'alias ' || artifact || '@' || alias || ' at v' || version || ' is unlike its events'
        FROM (SELECT * FROM (SELECT * FROM told EXCEPT SELECT * FROM kept)
          UNION SELECT * FROM (SELECT * FROM kept EXCEPT SELECT * FROM told))
        """),
    Rule(
      invariant: 6,
      sql: """
        SELECT environment || ' has ' || count(*) || ' generations, the last is ' || max(number)
        FROM generations GROUP BY environment HAVING count(*) != max(number)
        """),
    Rule(
      invariant: 6,
      sql: """
        WITH told AS (
          SELECT environment, generation AS number, digest FROM events
          WHERE action IN ('promoted', 'rolled_back')),
        kept AS (SELECT environment, number, release AS digest FROM generations)
        SELECT 'generation ' || environment || '#' || number || ' is unlike its event'
        FROM (SELECT * FROM (SELECT * FROM told EXCEPT SELECT * FROM kept)
          UNION SELECT * FROM (SELECT * FROM kept EXCEPT SELECT * FROM told))
        """),
  ]
}
