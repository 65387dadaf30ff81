import SystemPackage
import GRDB
public import MLOpsCore

extension FeedbackLog {
  /// The records that are about a person or were made by them.
  public func records(of person: String) throws -> [FeedbackEntry] {
    let arguments = StatementArguments(names(of: person))
    return try file.read { database in
      try Row.fetchAll(
        database,
        sql: "SELECT * FROM records WHERE \(FeedbackLog.ofPerson) ORDER BY sequence",
        arguments: arguments
      ).map { try FeedbackEntry(row: $0) }
    }
  }

  /// Empties the records that are about a person or were made by them, and keeps out what is given
  /// of them later but was made before. Their texts are overwritten on the disk.
  ///
  /// What stays is the digest, the time, the rating and the release of each: counts stay true, and
  /// datasets that were made with a record can be found.
  ///
  /// - Returns: the digests of the emptied records, each once.
  /// - Throws: `registry.read_only`, `registry.system`.
  public func forget(_ person: String) throws -> [Digest] {
    let emptied = try file.write { database in
      let digests = try String.fetchAll(
        database, sql: "SELECT digest FROM records WHERE \(FeedbackLog.ofPerson) ORDER BY sequence",
        arguments: StatementArguments(names(of: person)))
      let now = Timestamp.now()
      try database.execute(
        sql: """
          UPDATE records SET content = NULL, rater = NULL, subject = NULL, forgotten_at = ?
          WHERE \(FeedbackLog.ofPerson)
          """, arguments: [now] + StatementArguments(names(of: person)))
      // Records come with the rater's name, or with what stands for it.
      for name in [person, pseudonymousRater(person)] {
        try database.execute(
          sql: """
            INSERT INTO forgotten VALUES (?, ?)
            ON CONFLICT (pseudonym) DO UPDATE SET at = excluded.at
            """, arguments: [pseudonym(of: name), now])
      }
      var seen: Set<String> = []
      return digests.filter { seen.insert($0).inserted }.compactMap { Digest(hex: $0) }
    }
    try dropLog()
    return emptied
  }

  /// A rater whose name told too much is kept as a pseudonym.
  public func pseudonymousRater(_ name: String) -> String {
    "rater-" + pseudonym(of: name).prefix(12)
  }

  private static let ofPerson = "content IS NOT NULL AND (subject = ? OR rater IN (?, ?))"

  private func names(of person: String) -> [String] {
    [pseudonym(of: person)] + ratersNames(person)
  }

  /// What a rater may be called in the store.
  func ratersNames(_ name: String) -> [String] {
    [FeedbackLog.normalised(name), pseudonymousRater(name)]
  }

  /// The write-ahead log still has the old pages: they go into the file, and the log is cut off.
  private func dropLog() throws {
    try file.writeWithoutTransaction { database in
      let row = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
      let isBusy: Int = row?[0] ?? 0
      guard isBusy == 0 else {
        throw RegistryError.system(
          operation: "overwrite the old bytes in", path: file.path, error: .resourceBusy)
      }
    }
  }
}
