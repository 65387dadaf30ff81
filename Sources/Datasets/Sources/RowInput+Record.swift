public import JSON
import MLOpsCore
import SystemPackage

extension RowInput {
  /// What a run records of a database or Parquet file beyond its name: its kind, what was asked, and
  /// the digest of its file; nil for plain rows, whose digest is that of what they become.
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
    var record: [String: JSONValue] = [
      "kind": kind, "name": .string(name), "query": asked,
      "digest": .string(try Files.digest(of: path).description),
    ]
    // Changes that are not in the file yet are part of what is read.
    let log = FilePath("\(path.string)-wal")
    if kind == "sqlite", Files.isRegular(log) {
      record["log_digest"] = .string(try Files.digest(of: log).description)
    }
    return .object(record)
  }
}

extension Files {
  /// The digest of a file's bytes.
  static func digest(of path: FilePath) throws(DatasetsError) -> Digest {
    let file = try open(path)
    defer { try? file.close() }
    var hasher = Digest.Hasher()
    while true {
      let piece = try read(from: file, path, atMost: 1 << 20)
      if piece.isEmpty { return hasher.finish() }
      hasher.update(piece)
    }
  }
}
