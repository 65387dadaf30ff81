import Foundation
import JSON
import MLOpsCore

/// What a column has in one row.
enum Cell {
  case value(JSONValue)
  /// A value that is bytes and no text.
  case bytes([UInt8])
  /// A phrase that says why there is no value: `is NaN, which JSON has no number for`.
  case defect(String)
  /// A value of so many bytes that it was not looked at.
  case tooLong(Int)
}

/// The columns of a query's result or of a Parquet file: makes rows of their values.
struct ColumnSet {
  let names: [String]
  private let typings: [ValueTyping?]
  private let rowLimit: Int

  /// - Parameter rowLimit: How long a row may be, in bytes.
  /// - Throws: `datasets.refused_query` where two columns have one name.
  init(_ names: [String], _ typings: [String: ValueTyping], rowLimit: Int, source: String)
    throws(DatasetsError)
  {
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
      throw .sourceFailed(
        .refusedQuery, source: source, reason: "two columns have the name '\(name)'",
        advice: "Give each a name of its own: SELECT a.id AS a_id, b.id AS b_id.")
    }
    self.names = names
    self.typings = names.map { typings[$0] }
    self.rowLimit = rowLimit
  }

  /// A row, defective where a column has no value.
  ///
  /// - Parameters:
  ///   - number: its place in the result, from 1.
  ///   - cell: what a column has, by its place from 0.
  func row(_ number: Int, _ cell: (Int) -> Cell) -> Row {
    var members: [String: JSONValue] = [:]
    var defect: String?
    var length = 0
    for (index, name) in names.enumerated() {
      switch cell(index) {
      case .value(let value):
        length += value.string?.utf8.count ?? 1
        members[name] = typings[index]?.value(of: value) ?? value
      case .bytes(let bytes):
        length += bytes.count
        if typings[index]?.isBase64 == true {
          members[name] = .string(Data(bytes).base64EncodedString())
        } else {
          defect =
            defect
            ?? "the column '\(name)' holds \(Quantity.count(Int64(bytes.count), of: "byte")), which JSON has no value for (declare contentEncoding base64 to take them)"
        }
      case .defect(let reason): defect = defect ?? "the column '\(name)' \(reason)"
      case .tooLong(let size): length += size
      }
    }
    guard length <= rowLimit else {
      return Row(
        line: number, bytes: [],
        defect: "the row is \(length) bytes long; at most \(rowLimit) are read")
    }
    // What could be read is kept beside the reason.
    if let defect {
      return Row(
        line: number, bytes: JSONValue.object(members).canonicalBytes, defect: defect)
    }
    return Row(line: number, value: .object(members))
  }
}
