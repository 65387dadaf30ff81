public import JSON
import MLOpsCore
import SystemPackage

extension RowInput {
  /// What a run records of a database or Parquet file beyond its name: its kind, what was asked, and
  /// the size and digest of its file; nil for plain rows, whose digest is that of what they become.
  ///
  /// - Throws: `datasets.file_failed`.
  public func record() throws(DatasetsError) -> JSONValue? {
    let asked = query.map { JSONValue.string($0) } ?? .null
    guard let path else {
      return ["kind": "postgresql", "address": .string(label), "query": asked]
    }
    guard path.string != "-", Files.isRegular(path) else { return nil }
    let kind: JSONValue
    switch try SourceFormat(of: path) {
    case .sqlite: kind = "sqlite"
    case .parquet: kind = "parquet"
    default: return nil
    }
    let content = try Files.content(of: path)
    var record: [String: JSONValue] = [
      "kind": kind, "name": .string(name), "query": asked, "size": .integer(content.size),
      "digest": .string(content.digest.description),
    ]
    // Changes that are not in the file yet are part of what is read.
    let log = FilePath("\(path.string)-wal")
    if kind == "sqlite", Files.isRegular(log) {
      record["log_digest"] = .string(try Files.content(of: log).digest.description)
    }
    return .object(record)
  }
}

extension Files {
  /// The digest of a file's bytes, and how many they are.
  static func content(of path: FilePath) throws(DatasetsError) -> (digest: Digest, size: Int64) {
    let file = try open(path)
    defer { try? file.close() }
    var hasher = Digest.Hasher()
    var size: Int64 = 0
    while true {
      let piece = try read(from: file, path, atMost: 1 << 20)
      if piece.isEmpty { return (hasher.finish(), size) }
      size += Int64(piece.count)
      hasher.update(piece)
    }
  }
}
