import GRDB

/// The tables of `registry.db` and the steps that lead to them (FORMAT.md, section 5).
enum Schema {
  /// `PRAGMA user_version` of a catalog that this program writes.
  static let format = 1

  static let migrator: DatabaseMigrator = {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("v1") { database in
      try database.execute(sql: artifacts + versions + pointers + runs + events)
    }
    return migrator
  }()

  private static let artifacts = """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
    INSERT INTO meta VALUES ('history_done', 0);

    CREATE TABLE artifacts (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL,
      last_number INTEGER NOT NULL DEFAULT 0,
      version_count INTEGER NOT NULL DEFAULT 0,
      total_size INTEGER NOT NULL DEFAULT 0,
      created_at INTEGER NOT NULL
    );
    """

  private static let versions = """
    CREATE TABLE versions (
      id INTEGER PRIMARY KEY,
      artifact_id INTEGER NOT NULL REFERENCES artifacts(id),
      number INTEGER NOT NULL CHECK (number >= 1),
      digest TEXT NOT NULL CHECK (length(digest) = 64),
      manifest TEXT NOT NULL,
      size INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      author_name TEXT NOT NULL,
      author_email TEXT NOT NULL,
      reason TEXT NOT NULL,
      code TEXT,
      UNIQUE (artifact_id, number),
      UNIQUE (artifact_id, digest),
      UNIQUE (artifact_id, id)
    );
    CREATE INDEX versions_by_digest ON versions (digest);
    CREATE TRIGGER versions_never_change BEFORE UPDATE ON versions
      BEGIN SELECT RAISE(ABORT, 'a version is immutable'); END;
    CREATE TRIGGER versions_counted AFTER INSERT ON versions BEGIN
      UPDATE artifacts SET last_number = max(last_number, new.number),
        version_count = version_count + 1, total_size = total_size + new.size
        WHERE id = new.artifact_id;
    END;
    CREATE TRIGGER versions_uncounted AFTER DELETE ON versions BEGIN
      UPDATE artifacts SET version_count = version_count - 1, total_size = total_size - old.size
        WHERE id = old.artifact_id;
    END;

    CREATE TABLE blobs (
      digest TEXT PRIMARY KEY CHECK (length(digest) = 64),
      size INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX blobs_by_size ON blobs (size);

    CREATE TABLE version_files (
      version_id INTEGER NOT NULL REFERENCES versions(id) ON DELETE CASCADE,
      path TEXT NOT NULL,
      digest TEXT NOT NULL REFERENCES blobs(digest),
      PRIMARY KEY (version_id, path)
    ) WITHOUT ROWID;
    CREATE INDEX version_files_by_digest ON version_files (digest);

    CREATE TABLE ingredients (
      version_id INTEGER NOT NULL REFERENCES versions(id) ON DELETE CASCADE,
      role TEXT NOT NULL,
      digest TEXT NOT NULL,
      PRIMARY KEY (version_id, role, digest)
    ) WITHOUT ROWID;
    CREATE INDEX ingredients_by_digest ON ingredients (digest);

    CREATE VIRTUAL TABLE version_texts USING fts5 (
      name, aliases, metadata, reason, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
    );
    """

  private static let pointers = """
    CREATE TABLE aliases (
      artifact_id INTEGER NOT NULL REFERENCES artifacts(id),
      alias TEXT NOT NULL,
      version_id INTEGER NOT NULL,
      PRIMARY KEY (artifact_id, alias),
      FOREIGN KEY (artifact_id, version_id) REFERENCES versions(artifact_id, id)
    ) WITHOUT ROWID;
    CREATE INDEX aliases_by_version ON aliases (version_id);

    CREATE TABLE generations (
      environment TEXT NOT NULL,
      number INTEGER NOT NULL CHECK (number >= 1),
      version_id INTEGER NOT NULL REFERENCES versions(id),
      release TEXT NOT NULL,
      parent INTEGER,
      action TEXT NOT NULL CHECK (action IN ('promote', 'rollback')),
      reason TEXT NOT NULL,
      evidence TEXT,
      forced INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      author_name TEXT NOT NULL,
      author_email TEXT NOT NULL,
      PRIMARY KEY (environment, number),
      CHECK ((number = 1 AND parent IS NULL) OR (number > 1 AND parent = number - 1))
    ) WITHOUT ROWID;
    CREATE INDEX generations_by_version ON generations (version_id);
    CREATE INDEX generations_by_evidence ON generations (evidence);
    CREATE TRIGGER generations_never_change BEFORE UPDATE ON generations
      BEGIN SELECT RAISE(ABORT, 'a generation is immutable'); END;
    CREATE TRIGGER generations_never_vanish BEFORE DELETE ON generations
      BEGIN SELECT RAISE(ABORT, 'a generation is immutable'); END;
    """

  private static let runs = """
    CREATE TABLE runs (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      kind TEXT NOT NULL,
      parameters TEXT NOT NULL,
      code TEXT,
      pid INTEGER NOT NULL,
      process_start TEXT NOT NULL,
      author_name TEXT NOT NULL,
      author_email TEXT NOT NULL,
      begun_at INTEGER NOT NULL,
      ended_at INTEGER,
      outcome TEXT,
      metrics TEXT
    );
    CREATE INDEX runs_live ON runs (id) WHERE ended_at IS NULL;
    CREATE TABLE run_versions (
      run_id INTEGER NOT NULL REFERENCES runs(id),
      direction TEXT NOT NULL CHECK (direction IN ('input', 'output')),
      role TEXT NOT NULL,
      digest TEXT NOT NULL,
      PRIMARY KEY (run_id, direction, role, digest)
    ) WITHOUT ROWID;
    CREATE INDEX run_versions_by_digest ON run_versions (digest);
    """

  private static let events = """
    CREATE TABLE events (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      time INTEGER NOT NULL,
      author_name TEXT NOT NULL,
      author_email TEXT NOT NULL,
      action TEXT NOT NULL,
      artifact TEXT,
      version INTEGER,
      digest TEXT,
      alias TEXT,
      environment TEXT,
      generation INTEGER,
      run INTEGER,
      reason TEXT NOT NULL
    );
    CREATE INDEX events_by_artifact ON events (artifact, sequence) WHERE artifact IS NOT NULL;
    CREATE INDEX events_by_environment ON events (environment, sequence)
      WHERE environment IS NOT NULL;
    CREATE TRIGGER events_never_change BEFORE UPDATE ON events
      BEGIN SELECT RAISE(ABORT, 'an event is immutable'); END;
    CREATE TRIGGER events_never_vanish BEFORE DELETE ON events
      BEGIN SELECT RAISE(ABORT, 'an event is immutable'); END;
    """
}
