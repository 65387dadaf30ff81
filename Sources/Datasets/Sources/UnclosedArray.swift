import JSON

/// What is said of an array of rows whose text ends before its closing bracket.
enum UnclosedArray {
  static let reason = "the array is not closed"

  /// Whether the last element can be taken for whole: the rest of a number or a word may be missing.
  static func isWhole(_ element: Row) -> Bool {
    guard case .success = element.content, let last = element.bytes.last else { return false }
    return !isWordByte(last)
  }

  /// The broken rest as a row that is none: what was expected in it, and that the array goes on.
  static func rest(_ element: Row) -> Row {
    switch element.content {
    case .success:
      let defect = RowDefect(line: element.line, column: element.column, reason: reason)
      return Row(line: element.line, bytes: element.bytes, defect: defect)
    case .failure(let found):
      let defect = RowDefect(
        line: found.line, column: found.column, reason: "\(found.reason); \(reason)")
      return Row(line: element.line, bytes: element.bytes, defect: defect)
    }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
    default: false
    }
  }
}
