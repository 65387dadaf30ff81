import GRDB
import JSON
public import MLOpsCore
import Synchronization
import SystemPackage

extension Registry {
  /// Adds a version: hashes its files, copies or links what the store lacks, records it.
  ///
  /// Equal content under the same name is found and returned, whatever the reason given.
  /// - Parameter progress: gets hashed bytes.
  /// - Throws: `registry.kind_conflict`, `registry.not_a_file`, `registry.file_changed`,
  ///   `registry.path_twice`, `registry.path_inside_file`, `registry.system`.
  public func add(_ draft: VersionDraft, progress: ProgressHandler? = nil) throws -> AddOutcome {
    try draft.checkPaths()
    while true {
      let intake = intake(link: draft.link, report: try draft.reporter(progress))
      let manifest = try draft.manifest(by: intake)
      if let outcome = try commit(draft, manifest, intake) { return outcome }
    }
  }

  /// Adds versions in one transaction, all or none; those of equal content are found.
  ///
  /// The bytes of all drafts wait in `tmp/` at the same time, and other writers wait while the rows
  /// are written. Drafts are copied, never linked.
  ///
  /// - Returns: what adding each draft came to, in their order.
  /// - Throws: as `add`.
  @discardableResult
  public func add(contentsOf drafts: [VersionDraft]) throws -> [AddOutcome] {
    try add(contentsOf: drafts) { _, _ in }
  }

  /// As above, with what belongs to it.
  ///
  /// - Parameter rest: gets what was added, in the transaction.
  func add(
    contentsOf drafts: [VersionDraft], rest: (Database, [VersionRecord]) throws -> Void
  ) throws -> [AddOutcome] {
    for draft in drafts { try draft.checkPaths() }
    while true {
      let intake = intake(link: false, report: nil)
      let taken = try drafts.map { ($0, try $0.manifest(by: intake)) }
      // As in `commit`; the blobs are looked at before the first row is written.
      let results: [(VersionRecord, Bool)]? = try write { database in
        guard try taken.allSatisfy({ try place($0.1, intake) }) else { return nil }
        let added = try taken.map { draft, manifest in
          if let found = try Registry.version(in: database, draft, manifest) {
            return (found, false)
          }
          return (try insert(draft, manifest, database), true)
        }
        try rest(database, added.map(\.0))
        return added
      }
      guard let results else { continue }
      catchUpHistory()
      return results.map { intake.outcome($0.0, isNew: $0.1) }
    }
  }

  private func intake(link: Bool, report: (@Sendable (Int64) -> Void)?) -> Intake {
    Intake(
      store: blobs, link: link, isReadOnly: catalog.isReadOnly, report: report,
      knowsSize: { [self] in try knowsContent(ofSize: $0) })
  }

  /// Nil where garbage collection removed a blob that the intake had found in the store.
  private func commit(_ draft: VersionDraft, _ manifest: Manifest, _ intake: Intake) throws
    -> AddOutcome?
  {
    let found = try read { try Registry.version(in: $0, draft, manifest) }
    if let found, intake.staged.isEmpty { return intake.outcome(found, isNew: false) }
    let result: (VersionRecord, Bool)? = try write { database in
      // Renames happen under the write lock: garbage collection, which unlinks under the same
      // lock, sees blobs either in `tmp/`, which it leaves alone, or needed by a version.
      guard try place(manifest, intake) else { return nil }
      if let found = try Registry.version(in: database, draft, manifest) {
        return (found, false)
      }
      return (try insert(draft, manifest, database), true)
    }
    guard let (record, isNew) = result else { return nil }
    if isNew { catchUpHistory() }
    return intake.outcome(record, isNew: isNew)
  }

  /// Moves staged blobs to their names; false where one that was not staged is gone.
  private func place(_ manifest: Manifest, _ intake: Intake) throws -> Bool {
    var shards: Set<FilePath> = []
    for file in manifest.files {
      if try blobs.has(file.digest, size: file.size) { continue }
      guard let staged = intake.staged[file.digest] else { return false }
      let blob = BlobFile(digest: file.digest, form: staged.form)
      shards.insert(try blobs.place(staged.path, as: blob))
    }
    for shard in shards { try FileSystem.synchroniseFolder(shard) }
    return true
  }

  private static func version(in database: Database, _ draft: VersionDraft, _ manifest: Manifest)
    throws -> VersionRecord?
  {
    if let found = try VersionRecord.one(
      database, "WHERE a.name = ? AND v.digest = ?",
      [draft.name.description, manifest.digest.hex])
    {
      return found
    }
    guard draft.acceptsOtherNames, let first = manifest.files.first else { return nil }
    let content = manifest.files.map(\.digest.hex).sorted()
    return try VersionRecord.all(
      database,
      """
      JOIN (SELECT DISTINCT version_id FROM version_files WHERE digest = ?) f ON f.version_id = v.id
      WHERE a.kind = ? AND v.size = ? ORDER BY a.name = ? DESC, v.id DESC LIMIT 100
      """, [first.digest.hex, draft.kind.rawValue, manifest.size, draft.name.description]
    ).first { $0.manifest.files.map(\.digest.hex).sorted() == content }
  }

  private func insert(_ draft: VersionDraft, _ manifest: Manifest, _ database: Database) throws
    -> VersionRecord
  {
    let now = Timestamp.now()
    let (artifact, number) = try nextNumber(draft, database, now)
    let digest = manifest.digest
    try database.cachedStatement(
      sql: """
        INSERT INTO versions (artifact_id, number, digest, manifest, size, created_at, author_name,
          author_email, reason, code) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      artifact, number.value, digest.hex, manifest.json.canonical, manifest.size, now, author.name,
      author.email, draft.reason, draft.code?.canonical,
    ])
    let version = database.lastInsertedRowID
    let blob = try database.cachedStatement(
      sql: "INSERT INTO blobs (digest, size) VALUES (?, ?) ON CONFLICT DO NOTHING")
    let row = try database.cachedStatement(
      sql: "INSERT INTO version_files (version_id, path, digest) VALUES (?, ?, ?)")
    for file in manifest.files {
      try blob.execute(arguments: [file.digest.hex, file.size])
      try row.execute(arguments: [version, file.path.description, file.digest.hex])
    }
    let ingredient = try database.cachedStatement(
      sql: "INSERT INTO ingredients (version_id, role, digest) VALUES (?, ?, ?)")
    for part in manifest.ingredients {
      try ingredient.execute(arguments: [version, part.role, part.digest.hex])
    }
    try VersionText(manifest: manifest, name: draft.name, aliases: [], reason: draft.reason)
      .insert(database, version: version)
    try EventDraft(
      action: .versionAdded, name: draft.name, version: number, digest: digest,
      reason: draft.reason
    ).insert(database, author: author, time: now)
    return VersionRecord(
      name: draft.name, version: number, digest: digest, manifest: manifest,
      createdAt: Timestamp.date(now), author: author, reason: draft.reason, code: draft.code,
      aliases: [], id: version)
  }

  /// The artifact's row, made where it is missing, and the number after every one ever given.
  private func nextNumber(_ draft: VersionDraft, _ database: Database, _ now: Int64) throws -> (
    Int64, VersionNumber
  ) {
    let existing = try Row.fetchOne(
      database, sql: "SELECT id, kind, last_number FROM artifacts WHERE name = ?",
      arguments: [draft.name.description])
    if let existing {
      let kind: String = existing["kind"]
      guard kind == draft.kind.rawValue else {
        throw RegistryError.kindConflict(
          draft.name, existing: try ArtifactSummary.kind(kind), given: draft.kind)
      }
      let last: Int = existing["last_number"]
      guard let number = VersionNumber(last + 1) else {
        throw RegistryError.catalogDamaged(reason: "'\(draft.name)' has the last number \(last).")
      }
      return (existing["id"], number)
    }
    try database.execute(
      sql: "INSERT INTO artifacts (name, kind, created_at) VALUES (?, ?, ?)",
      arguments: [draft.name.description, draft.kind.rawValue, now])
    guard let first = VersionNumber(1) else { throw CancellationError() }
    return (database.lastInsertedRowID, first)
  }
}

extension VersionDraft {
  /// Hashes and stages the files.
  fileprivate func manifest(by intake: Intake) throws -> Manifest {
    Manifest(
      kind: kind, files: try files.map { try intake.take($0) }, ingredients: ingredients,
      metadata: metadata)
  }

  /// Two files cannot share a path, and no file can be the folder of another.
  fileprivate func checkPaths() throws(RegistryError) {
    let paths = files.map(\.path).sorted()
    let known = Set(paths)
    for (one, next) in zip(paths, paths.dropFirst()) where one == next {
      throw .pathTwice(one)
    }
    for path in paths {
      var parts = path.description.split(separator: "/")
      parts.removeLast()
      while !parts.isEmpty {
        if let folder = try? ContentPath(parts.joined(separator: "/")), known.contains(folder) {
          throw .pathInsideFile(path, file: folder)
        }
        parts.removeLast()
      }
    }
  }

  /// Turns the hashed bytes of each file into updates over all of them.
  fileprivate func reporter(_ progress: ProgressHandler?) throws -> (@Sendable (Int64) -> Void)? {
    guard let progress else { return nil }
    var total: Int64 = 0
    for case .file(let path) in files.map(\.content) {
      // A file that cannot be opened is reported when its turn comes.
      total += (try? OpenFile(reading: path).status().size) ?? 0
    }
    let done = ByteCount()
    let (label, size) = ("hashing", total)
    return { bytes in
      progress(ProgressUpdate(label: label, done: done.add(bytes), total: size, unit: "B"))
    }
  }
}

/// A sum that several threads add to.
final class ByteCount: Sendable {
  private let sum = Mutex<Int64>(0)

  /// The sum with these bytes.
  func add(_ bytes: Int64) -> Int64 {
    sum.withLock {
      $0 += bytes
      return $0
    }
  }
}

extension Intake {
  fileprivate func outcome(_ record: VersionRecord, isNew: Bool) -> AddOutcome {
    var bytes: [Arrival: Int64] = [:]
    var seen: Set<Digest> = []
    for file in record.manifest.files where seen.insert(file.digest).inserted {
      bytes[arrivals[file.digest] ?? .present, default: 0] += file.size
    }
    return AddOutcome(
      record: record, isNew: isNew, bytesCopied: bytes[.copied] ?? 0,
      bytesLinked: bytes[.linked] ?? 0, bytesPresent: bytes[.present] ?? 0)
  }
}
