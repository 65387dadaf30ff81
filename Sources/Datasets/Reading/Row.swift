public import JSON

/// Why a row is no JSON value, and where in the file.
public struct RowDefect: Error, Sendable, Equatable {
  /// From 1.
  public let line: Int
  /// In Unicode scalars, from 1.
  public let column: Int
  /// A phrase without a full stop.
  public let reason: String
}

/// One row of a file: its text, where it stands, and the value or what is wrong with it.
public struct Row: Sendable {
  /// The line on which it begins, from 1.
  public let line: Int
  /// The column at which it begins, in Unicode scalars, from 1.
  public let column: Int
  /// Its text without line end; only the beginning where it was longer than is read.
  public let bytes: [UInt8]
  public let content: Result<JSONValue, RowDefect>
  /// Where its cells stand, for a row of a table.
  private var cells: RowCells?

  init(line: Int, column: Int = 1, bytes: [UInt8]) {
    self.line = line
    self.column = column
    self.bytes = bytes
    do throws(JSONSyntaxError) {
      content = .success(try JSONValue(parsing: bytes))
    } catch {
      let place = Row.place(error.line, error.column, in: (line, column))
      content = .failure(RowDefect(line: place.line, column: place.column, reason: error.reason))
    }
  }

  init(line: Int, bytes: [UInt8], defect: String) {
    self.init(
      line: line, bytes: bytes, defect: RowDefect(line: line, column: 1, reason: defect))
  }

  init(line: Int, bytes: [UInt8], defect: RowDefect) {
    self.line = line
    column = 1
    self.bytes = bytes
    content = .failure(defect)
  }

  /// A row that was not written as JSON: it has no text in which pointers could be looked up.
  ///
  /// - Parameter cells: Where the members of the row's object stand, where that is known.
  init(line: Int, value: JSONValue, cells: RowCells? = nil) {
    self.line = line
    column = 1
    bytes = []
    content = .success(value)
    self.cells = cells
  }

  /// Where in the file a pointer's value stands; the row itself where there is none.
  public func place(of pointer: JSONPointer) -> (line: Int, column: Int) {
    if let place = cells?.place(of: pointer) { return (place.line, place.column) }
    guard case .success = content, let range = JSONLocator(bytes).range(of: pointer) else {
      return (line, column)
    }
    return Row.place(range.line, range.column, in: (line, column))
  }

  private static func place(
    _ line: Int, _ column: Int, in start: (line: Int, column: Int)
  ) -> (line: Int, column: Int) {
    (start.line + line - 1, line == 1 ? start.column + column - 1 : column)
  }
}
