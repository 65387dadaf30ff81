import SystemPackage

/// Cuts a table into records and fields.
struct RecordReader: ~Copyable {
  struct Record {
    /// On which it begins, from 1.
    let line: Int
    /// The fields' texts one after the other, without quotes and separators.
    var bytes: [UInt8] = []
    /// Where each field stands in `bytes`.
    var fields: [Range<Int>] = []
    /// Where each field begins in the file, its quote included.
    var places: [TextPlace] = []
    var defect: RowDefect?

    /// The text of a field; nil where its bytes are not UTF-8.
    func text(_ index: Int) -> String? {
      String(validating: bytes[fields[index]], as: UTF8.self)
    }
  }

  /// Keeps a line of nothing but separators from filling the memory with empty fields.
  private static let fieldLimit = 65_536

  private var stream: PlacedBytes
  private var options: TableOptions
  private let limit: Int
  /// Whether a carriage return alone ends a record, which the first end of a record decides: people
  /// paste them into texts, so elsewhere one is part of its field.
  private var endsAtReturns: Bool?
  /// How many bytes ended the last record.
  private var endLength = 0
  /// Bytes of the fields read so far, decompressed.
  private(set) var fieldBytes = 0

  init(_ bytes: ByteStream, _ options: TableOptions, limit: Int) {
    stream = PlacedBytes(bytes)
    self.options = options
    self.limit = limit
  }

  /// The first record; a line `sep=;` before it, as Excel writes, says what separates fields.
  mutating func header() throws(DatasetsError) -> Record? {
    guard var record = try next() else { return nil }
    guard let separator = record.separator(now: options.separator) else {
      if record.namesNoSeparator {
        record.defect = RowDefect(
          TextPlace(line: record.line, column: 5), RecordReader.separatorReason)
      }
      return record
    }
    options.separator = separator
    return try next()
  }

  private static let separatorReason =
    "a line sep= names one ASCII character that separates fields, such as sep=;"

  /// The next record that is not a blank line.
  mutating func next() throws(DatasetsError) -> Record? {
    while let byte = try stream.peek(), byte == 0x0A || byte == 0x0D { _ = try stream.next() }
    guard try stream.peek() != nil else { return nil }
    stream.setMark(limit: limit)
    endLength = 0
    var record = Record(line: stream.line)
    var length = 0
    while true {
      let start = record.bytes.count
      let place = stream.place
      let isLast = try field(&record, &length)
      if record.fields.count < RecordReader.fieldLimit {
        record.fields.append(start..<record.bytes.count)
        record.places.append(place)
      } else {
        record.defect = RowDefect(
          place, "the record has more than \(RecordReader.fieldLimit) fields")
      }
      if isLast { break }
    }
    fieldBytes += length
    if length > limit {
      record.defect = RowDefect(
        TextPlace(line: record.line, column: 1),
        "the record is \(length) bytes long; at most \(limit) are read")
    }
    return record
  }

  /// The last record as it stands in the file, without its line end; cut to the limit.
  mutating func written() -> [UInt8] { stream.sinceMark(without: endLength) }

  /// Reads a field and what ends it; true where the record ends too.
  private mutating func field(_ record: inout Record, _ length: inout Int) throws(DatasetsError)
    -> Bool
  {
    if options.hasQuotes, try stream.peek() == UInt8(ascii: "\"") {
      try quoted(&record, &length)
    }
    while let byte = try stream.next() {
      switch byte {
      case options.separator: return false
      case 0x0D:
        if try endsRecord() { return true }
        append(byte, &record, &length)
      case 0x0A:
        endsAtReturns = endsAtReturns ?? false
        endLength = 1
        return true
      default: append(byte, &record, &length)
      }
    }
    return true
  }

  /// Whether a carriage return that was just taken ends the record.
  private mutating func endsRecord() throws(DatasetsError) -> Bool {
    if try stream.peek() == 0x0A {
      _ = try stream.next()
      endsAtReturns = endsAtReturns ?? false
      endLength = 2
      return true
    }
    if endsAtReturns == nil {
      endsAtReturns = true
      stream.countsReturns = true
      stream.startLine()
    }
    if endsAtReturns == true { endLength = 1 }
    return endsAtReturns == true
  }

  /// Reads up to the closing quote; a text after it belongs to the field, and is told.
  private mutating func quoted(_ record: inout Record, _ length: inout Int) throws(DatasetsError) {
    let place = stream.place
    _ = try stream.next()
    while let byte = try stream.next() {
      guard byte == UInt8(ascii: "\"") else {
        append(byte, &record, &length)
        continue
      }
      if try stream.peek() == UInt8(ascii: "\"") {
        _ = try stream.next()
        append(byte, &record, &length)
        continue
      }
      switch try stream.peek() {
      case options.separator, 0x0A, 0x0D, nil: break
      default:
        record.defect = RowDefect(
          stream.place, "expected a separator after the quote that closes a field")
      }
      return
    }
    record.defect = RowDefect(place, "a quote that opens on line \(place.line) never closes")
  }

  private func append(_ byte: UInt8, _ record: inout Record, _ length: inout Int) {
    length += 1
    if record.bytes.count < limit { record.bytes.append(byte) }
  }
}

extension RecordReader.Record {
  private static let separatorMark = Array("sep=".utf8)

  private var isSeparatorLine: Bool {
    defect == nil && bytes.starts(with: RecordReader.Record.separatorMark)
      && places.first?.line == 1
  }

  /// Whether it is a line `sep=` with none or several characters; with other fields beside it, it is a
  /// header.
  fileprivate var namesNoSeparator: Bool { isSeparatorLine && fields.count == 1 }

  /// What a line `sep=;` names; nil for any other record.
  ///
  /// - Parameter known: What separated the record's fields.
  fileprivate func separator(now known: UInt8) -> UInt8? {
    let mark = RecordReader.Record.separatorMark
    guard isSeparatorLine else { return nil }
    // Its own separator has cut the line in two.
    if fields.count == 2, bytes.count == mark.count { return known }
    guard fields.count == 1, bytes.count == mark.count + 1, let separator = bytes.last,
      separator < 0x80, separator != UInt8(ascii: "\"")
    else { return nil }
    return separator
  }
}

extension RowDefect {
  init(_ place: TextPlace, _ reason: String) {
    self.init(line: place.line, column: place.column, reason: reason)
  }
}
