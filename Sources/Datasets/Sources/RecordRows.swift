import JSON
import MLOpsCore

/// Makes rows of a table's records: objects whose members the header names.
struct RecordRows: Sendable {
  private let header: TableHeader
  private let typings: [TableTyping?]
  /// For each column its name and a colon in JSON.
  private let names: [[UInt8]]

  init(_ header: TableHeader, _ typing: TableOptions.Typing) {
    self.header = header
    typings = header.columns.map { column in
      switch typing {
      case .text: nil
      case .guessed: .guessed
      case .declared(let typings): typings[column]
      }
    }
    names = header.columns.map { Array((JSONValue.string($0).canonical + ":").utf8) }
  }

  /// The row that a record is, or what is wrong with it; one that is none comes without its text.
  func row(of record: RecordReader.Record) -> Row {
    if let defect = record.defect { return Row(line: record.line, bytes: [], defect: defect) }
    let columns = header.columns
    guard record.fields.count == columns.count else {
      return Row(
        line: record.line, bytes: [],
        defect: "expected \(Quantity.count(Int64(columns.count), of: "field")), found "
          + "\(record.fields.count)")
    }
    var members = [String: JSONValue](minimumCapacity: columns.count)
    for (index, place) in record.places.enumerated() {
      guard let text = record.text(index) else {
        return Row(
          line: record.line, bytes: [],
          defect: RowDefect(
            place, "the column '\(ShownName.cut(columns[index]))' is not valid UTF-8"))
      }
      members[columns[index]] = typings[index]?.value(of: text) ?? .string(text)
    }
    return Row(line: record.line, value: .object(members), cells: RowCells(header, record.places))
  }

  /// Writes the row that a record is as a line of JSON, with the numbers as they are spelled.
  ///
  /// - Returns: Whether it is one, as far as that can be told without decoding texts; what is not
  ///   UTF-8 is none of JSON either.
  func write(_ record: RecordReader.Record, to line: inout [UInt8]) -> Bool {
    guard record.defect == nil, record.fields.count == names.count else { return false }
    for (index, field) in record.fields.enumerated() {
      line.append(index == 0 ? UInt8(ascii: "{") : UInt8(ascii: ","))
      line += names[index]
      guard let typing = typings[index] else {
        RecordRows.write(record.bytes[field], to: &line)
        continue
      }
      guard let text = record.text(index) else { return false }
      switch typing.value(of: text) {
      case .string: RecordRows.write(record.bytes[field], to: &line)
      case .number(let number): line += number.lexeme.utf8
      case let value: line += value.canonical.utf8
      }
    }
    line += names.isEmpty ? [UInt8(ascii: "{"), UInt8(ascii: "}")] : [UInt8(ascii: "}")]
    line.append(0x0A)
    return true
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func write(_ text: ArraySlice<UInt8>, to line: inout [UInt8]) {
    line.append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): line += [UInt8(ascii: "\\"), byte]
      case ..<0x20:
        line += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: line.append(byte)
      }
    }
    line.append(UInt8(ascii: "\""))
  }
}
