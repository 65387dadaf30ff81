public import JSON
public import MLOpsCore

/// What was read of one input, and how many rows it had.
public struct IngestInput: Sendable, Equatable {
  /// As a quarantine calls it, see `InputNames`.
  public let name: String
  /// Rows that are not blank, whatever became of them.
  public let rows: Int
  /// Bytes of the file as it is on the disk; nil for a folder, and for a database or Parquet file,
  /// which is not read from its beginning to its end and told by `RowInput.record`.
  public let size: Int64?
  /// Of those bytes.
  public let digest: Digest?

  /// Keys: `name`, `rows`, `size`, `digest`.
  public var json: JSONValue {
    [
      "name": .string(name), "rows": .integer(rows), "size": size.map { .integer($0) } ?? .null,
      "digest": digest.map { .string($0.description) } ?? .null,
    ]
  }
}
