import Crypto
import Foundation
import GRDB

/// The tables of `feedback.db` and the steps that lead to them (FORMAT.md, section 9).
enum FeedbackTables {
  /// `PRAGMA user_version` of a file that this program writes.
  static let format = 1

  static let migrator: DatabaseMigrator = {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("v1") { database in
      try database.execute(sql: records + forgotten)
      let key = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
      try database.execute(sql: "INSERT INTO meta VALUES ('key', ?)", arguments: [key])
      try database.execute(sql: "PRAGMA user_version = \(format)")
    }
    return migrator
  }()

  /// A record is added, and may be emptied once; nothing else ever happens to it.
  private static let records = """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
    CREATE TABLE records (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      digest TEXT NOT NULL CHECK (length(digest) = 64),
      judgement TEXT NOT NULL CHECK (length(judgement) = 64),
      recorded_at INTEGER NOT NULL,
      judged_at INTEGER NOT NULL,
      rating TEXT CHECK (rating IN ('up', 'down')),
      release TEXT CHECK (length(release) = 64),
      consent INTEGER CHECK (consent IN (0, 1)),
      rater TEXT,
      subject TEXT,
      content TEXT,
      forgotten_at INTEGER,
      CHECK ((content IS NULL) = (forgotten_at IS NOT NULL))
    );
    CREATE UNIQUE INDEX records_once ON records (digest, ifnull(subject, ''))
      WHERE content IS NOT NULL;
    CREATE INDEX records_by_digest ON records (digest);
    CREATE INDEX records_by_judgement ON records (judgement) WHERE consent IS NOT NULL;
    CREATE INDEX records_by_rater ON records (rater) WHERE rater IS NOT NULL;
    CREATE INDEX records_by_subject ON records (subject) WHERE subject IS NOT NULL;
    CREATE INDEX records_by_release ON records (release) WHERE release IS NOT NULL;
    CREATE TRIGGER records_never_change BEFORE UPDATE ON records
      WHEN old.content IS NULL OR new.content IS NOT NULL OR new.rater IS NOT NULL
        OR new.subject IS NOT NULL OR new.sequence <> old.sequence OR new.digest <> old.digest
        OR new.judgement <> old.judgement
        OR new.recorded_at <> old.recorded_at OR new.judged_at <> old.judged_at
        OR new.rating IS NOT old.rating OR new.release IS NOT old.release
        OR new.consent IS NOT old.consent
      BEGIN SELECT RAISE(ABORT, 'a record of feedback can only be forgotten'); END;
    CREATE TRIGGER records_never_vanish BEFORE DELETE ON records
      BEGIN SELECT RAISE(ABORT, 'a record of feedback can only be forgotten'); END;
    """

  /// Who asked to be forgotten, as a pseudonym, so that an old file does not bring them back.
  private static let forgotten = """
    CREATE TABLE forgotten (
      pseudonym TEXT PRIMARY KEY,
      at INTEGER NOT NULL
    ) WITHOUT ROWID;
    """
}
