import Foundation
import GRDB
public import MLOpsCore

/// Counts over all records of a store, the forgotten ones too.
public struct FeedbackCounts: Sendable, Equatable {
  public internal(set) var records = 0
  public internal(set) var forgotten = 0
  public internal(set) var refused = 0
  public internal(set) var given = 0

  /// Of a store without feedback.
  public init() {}
}

extension FeedbackLog {
  /// The records in the order in which they arrived.
  ///
  /// - Parameters:
  ///   - newestFirst: the other way round.
  ///   - limit: how many at most.
  public func entries(
    _ filter: FeedbackFilter = FeedbackFilter(), newestFirst: Bool = false, limit: Int? = nil
  ) throws -> [FeedbackEntry] {
    var entries: [FeedbackEntry] = []
    try forEach(filter, newestFirst: newestFirst, limit: limit) { entries.append($0) }
    return entries
  }

  /// Hands out the records one by one, from one state of the store.
  public func forEach(
    _ filter: FeedbackFilter = FeedbackFilter(), newestFirst: Bool = false, limit: Int? = nil,
    _ body: (FeedbackEntry) throws -> Void
  ) throws {
    let (condition, arguments) = filter.condition(names: ratersNames)
    let sql = """
      SELECT * FROM records WHERE \(condition) ORDER BY sequence \(newestFirst ? "DESC" : "ASC")
      LIMIT \(limit ?? -1)
      """
    try file.read { database in
      let rows = try Row.fetchCursor(database, sql: sql, arguments: arguments)
      while let row = try rows.next() { try body(try FeedbackEntry(row: row)) }
    }
  }

  /// How many records match.
  public func count(_ filter: FeedbackFilter = FeedbackFilter()) throws -> Int {
    let (condition, arguments) = filter.condition(names: ratersNames)
    return try file.read {
      try Int.fetchOne(
        $0, sql: "SELECT count(*) FROM records WHERE \(condition)", arguments: arguments) ?? 0
    }
  }

  /// Counts over everything.
  public func counts() throws -> FeedbackCounts {
    try file.read { database in
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT count(*), count(forgotten_at), sum(consent = 0 AND content IS NOT NULL),
            sum(consent = 1 AND content IS NOT NULL) FROM records
          """)
      var counts = FeedbackCounts()
      guard let row else { return counts }
      counts.records = row[0]
      counts.forgotten = row[1]
      counts.refused = row[2] ?? 0
      counts.given = row[3] ?? 0
      return counts
    }
  }

  /// What is wrong with the file, as SQLite and the records' own digests tell; empty where nothing is.
  func damage() throws -> [String] {
    try file.read { database in
      var found = try String.fetchAll(database, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
      let rows = try Row.fetchCursor(
        database, sql: "SELECT sequence, digest, content FROM records WHERE content IS NOT NULL")
      while let row = try rows.next() {
        let content: String = row["content"]
        if Digest(of: Array(content.utf8)).hex != row["digest"] as String {
          found.append("record \(row["sequence"] as Int64) is not what its digest says")
        }
      }
      return found
    }
  }

  /// Which of some records were forgotten, by everybody who gave them.
  public func forgotten(among digests: some Collection<Digest>) throws -> Set<Digest> {
    try file.read { database in
      let statement = try database.cachedStatement(
        sql: "SELECT max(content IS NOT NULL) FROM records WHERE digest = ?")
      var forgotten: Set<Digest> = []
      for digest in digests
      where try Bool.fetchOne(statement, arguments: [digest.hex]) == false {
        forgotten.insert(digest)
      }
      return forgotten
    }
  }
}
