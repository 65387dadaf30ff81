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

  /// Whether it is a record of a table, whose fields are written as text.
  public var isRecord: Bool { cells != nil }

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

  /// Where in the file the values of pointers stand; the row itself where there is none. The row's
  /// text is read once.
  func places(of pointers: [JSONPointer]) -> [JSONPointer: TextPlace] {
    var places: [JSONPointer: TextPlace] = [:]
    var ranges: [JSONPointer: JSONRange] = [:]
    if cells == nil, case .success = content { ranges = JSONLocator(bytes).ranges(of: pointers) }
    for pointer in pointers {
      let place = ranges[pointer].map { Row.place($0.line, $0.column, in: (line, column)) }
      places[pointer] =
        cells?.place(of: pointer)
        ?? TextPlace(line: place?.line ?? line, column: place?.column ?? column)
    }
    return places
  }

  private static func place(
    _ line: Int, _ column: Int, in start: (line: Int, column: Int)
  ) -> (line: Int, column: Int) {
    (start.line + line - 1, line == 1 ? start.column + column - 1 : column)
  }
}
