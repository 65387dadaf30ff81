import Datasets
import Foundation
import JSON
import MLOpsCore
import ModelRegistry
import SystemPackage

/// Rows that a person named: a dataset in the registry, or files that need not be registered.
struct RowFiles {
  let label: String
  /// Compressed ones among them, which every reader of rows understands.
  let files: [FilePath]
  /// Nil for files that are read where they lie.
  let version: VersionRecord?

  /// A path is read and not added: looking at rows leaves nothing behind.
  ///
  /// - Throws: `RegistryError`, `LifecycleError` with code `lifecycle.wrong_kind`,
  ///   `lifecycle.no_such_path`, `lifecycle.no_rows`, `lifecycle.folder_of_rows` or
  ///   `lifecycle.database_first`.
  init(_ text: String, in registry: Registry?) throws {
    if PostgresAddress.isOne(text) {
      throw LifecycleError.databaseFirst(try PostgresAddress(text).label)
    }
    let exists = FileManager.default.fileExists(atPath: text)
    if text.contains("/") || text.hasPrefix(".") || registry == nil {
      guard exists else { throw LifecycleError.noSuchPath(text) }
      (label, files, version) = (text, [try RowFiles.named(text)], nil)
      return
    }
    guard let registry else { throw LifecycleError.noSuchPath(text) }
    let found: VersionRecord
    do {
      found = try registry.resolve(try Reference(text))
    } catch let error as any Failure
      where exists && (error.kind == .notFound || error.kind == .usage)
    {
      (label, files, version) = (text, [try RowFiles.named(text)], nil)
      return
    }
    guard found.kind == .dataset else {
      throw LifecycleError.wrongKind(reference: text, found: found.kind, expected: [.dataset])
    }
    let rows = RowFiles.rows(of: found)
    guard !rows.isEmpty else { throw LifecycleError.noRows(found.label) }
    (label, version) = (found.label, found)
    files = try rows.map { try registry.stored($0).path }
  }

  /// As above, for rows that are to be made into others: refuses a quarantine.
  ///
  /// - Throws: also `LifecycleError` with code `lifecycle.quarantined`.
  init(toUse text: String, in registry: Registry) throws {
    try self.init(text, in: registry)
    if let version {
      try Quarantine.refuse(version, in: registry)
    } else {
      // The same rows in a file are the same rows.
      for file in files { try Quarantine.refuse(file, in: registry) }
    }
  }

  /// A path as it was given, unless it is the folder of a dataset that was laid out, which reads as one
  /// without texts.
  ///
  /// - Throws: `LifecycleError` with code `lifecycle.folder_of_rows`, `DatasetsError`.
  static func named(_ path: String) throws -> FilePath {
    let folder = FilePath(path)
    var isFolder: ObjCBool = false
    let rows = folder.appending(rowsFile).string
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue,
      FileManager.default.fileExists(atPath: rows), try TextFolderReader(folder).count == 0
    else { return folder }
    throw LifecycleError.folderOfRows(path, file: rowsFile)
  }

  /// The file of a version that is its rows.
  static let rowsFile = "rows.ndjson"
  /// The file of a version that says what cleaning took out.
  static let droppedFile = "dropped.ndjson"
  /// The file of a version that says of each row which feedback it comes from.
  static let sourcesFile = "sources.ndjson"
  /// The file of a version that says what people contradicted each other in.
  static let conflictsFile = "conflicts.ndjson"

  /// The files of a dataset that are its rows, and not about them.
  static func rows(of version: VersionRecord) -> [ContentFile] {
    let about = [droppedFile, sourcesFile, conflictsFile]
    return version.manifest.files.filter {
      $0.mediaType == MediaType.ndjson && !about.contains($0.path.description)
    }
  }

  /// The member that marks the synthetic rows of an augmented dataset; nil where none says so.
  var mark: String? { version?.manifest.metadata["augmentation"]?["mark"]?.string }

  /// How the one file is written, where a query says; nil for what the file says.
  ///
  /// - Throws: `datasets.refused_query` where it is no database.
  func format(query: String?) throws -> SourceFormat? {
    guard let query else { return nil }
    return try RowInput(try single(), query: query).format(ColumnTypings())
  }

  /// The one file of commands that compare or cut a whole.
  ///
  /// - Throws: `LifecycleError` with code `lifecycle.many_files`.
  func single() throws -> FilePath {
    guard let file = files.first, files.count == 1 else {
      throw LifecycleError.manyFiles(label, count: files.count)
    }
    return file
  }
}
