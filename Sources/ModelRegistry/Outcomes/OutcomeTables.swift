import GRDB

/// The tables of `outcomes.db` and the steps that lead to them (FORMAT.md, section 10).
enum OutcomeTables {
  /// `PRAGMA user_version` of a file that this program writes.
  static let format = 1

  static let migrator: DatabaseMigrator = {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("v1") { database in
      try database.execute(sql: tables + "PRAGMA user_version = \(format);")
    }
    return migrator
  }()

  /// An outcome is added; nothing else ever happens to it.
  private static let tables = """
    CREATE TABLE outcomes (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      run INTEGER NOT NULL,
      key TEXT,
      subject TEXT NOT NULL CHECK (length(subject) = 32),
      arm TEXT NOT NULL CHECK (arm IN ('candidate', 'baseline')),
      value REAL NOT NULL,
      happened_at INTEGER NOT NULL,
      recorded_at INTEGER NOT NULL
    );
    CREATE INDEX outcomes_by_run ON outcomes (run, sequence);
    CREATE UNIQUE INDEX outcomes_once ON outcomes (run, key) WHERE key IS NOT NULL;
    CREATE TRIGGER outcomes_never_change BEFORE UPDATE ON outcomes
      BEGIN SELECT RAISE(ABORT, 'an outcome is immutable'); END;
    CREATE TRIGGER outcomes_never_vanish BEFORE DELETE ON outcomes
      BEGIN SELECT RAISE(ABORT, 'an outcome is immutable'); END;
    CREATE TABLE frozen (
      run INTEGER PRIMARY KEY,
      at INTEGER NOT NULL
    );
    CREATE TRIGGER frozen_never_change BEFORE UPDATE ON frozen
      BEGIN SELECT RAISE(ABORT, 'a stopped comparison stays stopped'); END;
    CREATE TRIGGER frozen_never_vanish BEFORE DELETE ON frozen
      BEGIN SELECT RAISE(ABORT, 'a stopped comparison stays stopped'); END;

    """
}
