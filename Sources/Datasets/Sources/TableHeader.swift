import JSON

/// The names of a table's columns, in their order.
struct TableHeader: Sendable {
  let columns: [String]
  /// Where the names stand; empty where they were not read from the table.
  let places: [TextPlace]
  /// The number of a column by its name, from 0.
  let numbers: [String: Int]
  /// On which it begins, from 1.
  let line: Int

  /// Reads a table's first record.
  ///
  /// - Parameter record: Nil for a table without any.
  /// - Throws: What is wrong with it: it is missing, unreadable, or names a column not at all or
  ///   twice.
  init(_ record: RecordReader.Record?) throws(RowDefect) {
    guard let record else {
      throw RowDefect(line: 1, column: 1, reason: "a table begins with a header, found nothing")
    }
    if let defect = record.defect { throw defect }
    var columns: [String] = []
    for (index, place) in record.places.enumerated() {
      guard let name = record.text(index), !name.isEmpty else {
        throw RowDefect(
          place, "the name of column \(index + 1) is empty or not valid UTF-8")
      }
      columns.append(name)
    }
    try self.init(columns, places: record.places, line: record.line)
  }

  /// - Throws: What is wrong with the names: one is there twice.
  init(_ columns: [String], places: [TextPlace] = [], line: Int = 1) throws(RowDefect) {
    var numbers: [String: Int] = [:]
    for (index, column) in columns.enumerated() {
      guard let earlier = numbers.updateValue(index, forKey: column) else { continue }
      let place = places.indices.contains(index) ? places[index] : TextPlace(line: 1, column: 1)
      throw RowDefect(
        place,
        "the header names the column '\(ShownName.cut(column))' twice: columns \(earlier + 1) and \(index + 1)"
      )
    }
    self.columns = columns
    self.places = places
    self.numbers = numbers
    self.line = line
  }

  /// Where a column's name stands; the beginning of the header where it has no such column.
  func place(of column: String) -> TextPlace {
    guard let number = numbers[column], places.indices.contains(number) else {
      return TextPlace(line: line, column: 1)
    }
    return places[number]
  }
}

/// Where the cells of a row stand in the file.
struct RowCells: Sendable {
  private let numbers: [String: Int]
  private let places: [TextPlace]

  /// - Parameter places: One a column.
  init(_ header: TableHeader, _ places: [TextPlace]) {
    numbers = header.numbers
    self.places = places
  }

  /// The place of the cell that a pointer into the row leads to; nil for the row as a whole.
  func place(of pointer: JSONPointer) -> TextPlace? {
    guard let column = pointer.tokens.first, let number = numbers[column],
      places.indices.contains(number)
    else { return nil }
    return places[number]
  }
}
