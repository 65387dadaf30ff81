public import Datasets
public import JSON
import MLOpsCore
public import ModelRegistry
import SystemPackage

/// Finds what a synthetic row was made from, and what was made of an original.
public struct TraceRow: Sendable {
  /// A row with its relations.
  public struct Trace: Sendable {
    public let dataset: String
    /// From 1.
    public let line: Int
    /// Without its mark.
    public let row: JSONValue
    /// Nil for an original.
    public let mark: RowMark?
    /// The row that a synthetic one was made from, and where it stands; nil where it is in neither
    /// the dataset nor what that was made of.
    public let source: (dataset: String, line: Int, row: JSONValue)?
    /// For an original the lines and marks of what was made of it.
    public let variants: [(line: Int, mark: RowMark, row: JSONValue)]

    /// Keys: `dataset`, `line`, `row`, `mark`, `source`, `variants`.
    public var document: JSONValue {
      [
        "dataset": .string(dataset), "line": .integer(line), "row": row,
        "mark": mark?.json ?? .null,
        "source": source.map {
          ["dataset": .string($0.dataset), "line": .integer($0.line), "row": $0.row]
        } ?? .null,
        "variants": .array(
          variants.map { ["line": .integer($0.line), "mark": $0.mark.json, "row": $0.row] }),
      ]
    }
  }

  private let registry: Registry

  public init(registry: Registry) { self.registry = registry }

  /// Traces one row; one pass over the dataset, and one over its source where the row is not in it.
  ///
  /// - Parameter line: From 1.
  /// - Throws: `LifecycleError` with code `lifecycle.bad_row` where there is no such row,
  ///   `DatasetsError`, `RegistryError`.
  public func run(_ dataset: String, line: Int) throws -> Trace {
    let rows = try RowFiles(dataset, in: registry)
    let file = try rows.single()
    let name = rows.mark ?? RowMark.defaultName
    var reader = try SourceReader(file)
    var found: JSONValue?
    while found == nil, let row = try reader.next() {
      if row.line == line, case .success(let value) = row.content { found = value }
    }
    guard let value = found else {
      throw LifecycleError.badRow(
        file: rows.label, line: line, reason: "There is no row of JSON on this line.")
    }
    guard let mark = RowMark(of: value, name: name) else {
      return Trace(
        dataset: rows.label, line: line, row: value, mark: nil, source: nil,
        variants: try variants(of: value, in: file, name))
    }
    var source = try original(of: mark, in: file, name).map { (rows.label, $0.line, $0.row) }
    if source == nil { source = try originalInSource(of: mark, rows, name) }
    return Trace(
      dataset: rows.label, line: line, row: value.withoutMark(name), mark: mark, source: source,
      variants: [])
  }

  private func variants(of row: JSONValue, in file: FilePath, _ name: String) throws -> [(
    line: Int, mark: RowMark, row: JSONValue
  )] {
    let digest = row.rowDigest
    var variants: [(line: Int, mark: RowMark, row: JSONValue)] = []
    var reader = try SourceReader(file)
    while let row = try reader.next() {
      guard case .success(let value) = row.content, let mark = RowMark(of: value, name: name),
        mark.source == digest
      else { continue }
      variants.append((row.line, mark, value.withoutMark(name)))
    }
    return variants
  }

  private func original(of mark: RowMark, in file: FilePath, _ name: String) throws -> (
    line: Int, row: JSONValue
  )? {
    var reader = try SourceReader(file)
    while let row = try reader.next() {
      guard case .success(let value) = row.content, value[name] == nil,
        value.rowDigest == mark.source
      else { continue }
      return (row.line, value)
    }
    return nil
  }

  /// Where only synthetic rows were kept, the originals are in what the dataset was made of.
  private func originalInSource(of mark: RowMark, _ rows: RowFiles, _ name: String) throws -> (
    String, Int, JSONValue
  )? {
    guard
      let digest = rows.version?.manifest.ingredients.first(where: { $0.role == "source" })?
        .digest, let version = try registry.version(digest: digest)
    else { return nil }
    let files = try RowFiles(version.reference.description, in: registry)
    return try original(of: mark, in: try files.single(), name).map {
      (files.label, $0.line, $0.row)
    }
  }
}
