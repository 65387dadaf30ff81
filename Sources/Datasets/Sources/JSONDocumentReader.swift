public import SystemPackage
import JSON

/// Reads the elements of an array that is a whole file, or the one value that is, in memory bounded
/// by the longest row.
public struct JSONDocumentReader: ~Copyable, RowSource {
  private enum State { case start, element, separator, end }

  private var stream: PlacedBytes
  private let rowLimit: Int
  private var state = State.start

  /// - Parameter rowLimit: How long an element may be, in bytes; longer ones become defective rows.
  public init(_ path: FilePath, rowLimit: Int = 16 << 20) throws(DatasetsError) {
    self.init(try ByteStream(path), rowLimit: rowLimit)
  }

  init(_ bytes: ByteStream, rowLimit: Int = 16 << 20) {
    stream = PlacedBytes(bytes)
    self.rowLimit = rowLimit
  }

  /// The next element. What is wrong between elements is a defective row, and the last one, since
  /// nothing says where the next element would begin.
  public mutating func next() throws(DatasetsError) -> Row? {
    try skipSpace()
    switch state {
    case .start:
      guard try stream.peek() != nil else { return end() }
      guard try stream.peek() == UInt8(ascii: "[") else {
        state = .end
        return try value(isWhole: true)
      }
      _ = try stream.next()
      state = .element
      try skipSpace()
      if try stream.peek() == UInt8(ascii: "]") {
        _ = try stream.next()
        return try finish()
      }
      return try next()
    case .element:
      guard let byte = try stream.peek() else { return fail(UnclosedArray.reason) }
      guard byte != UInt8(ascii: ","), byte != UInt8(ascii: "]") else {
        return fail("expected a value, found '\(Character(Unicode.Scalar(byte)))'")
      }
      state = .separator
      let element = try value(isWhole: false)
      guard try stream.peek() == nil, !UnclosedArray.isWhole(element) else { return element }
      state = .end
      return UnclosedArray.rest(element)
    case .separator:
      switch try stream.next() {
      case UInt8(ascii: ","):
        state = .element
        try skipSpace()
        return try next()
      case UInt8(ascii: "]"): return try finish()
      case nil: return fail(UnclosedArray.reason)
      default: return fail("expected ',' or ']' after an element")
      }
    case .end: return nil
    }
  }

  private mutating func end() -> Row? {
    state = .end
    return nil
  }

  private mutating func fail(_ reason: String) -> Row {
    state = .end
    return Row(line: stream.line, bytes: [], defect: RowDefect(stream.place, reason))
  }

  private mutating func finish() throws(DatasetsError) -> Row? {
    state = .end
    try skipSpace()
    return try stream.peek() == nil ? nil : fail("expected the end of the text")
  }

  private mutating func skipSpace() throws(DatasetsError) {
    while let byte = try stream.peek(),
      byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    {
      _ = try stream.next()
    }
  }

  /// A value by counting brackets outside strings; the parser then judges it.
  private mutating func value(isWhole: Bool) throws(DatasetsError) -> Row {
    let (line, column) = (stream.line, stream.column)
    var bytes: [UInt8] = []
    var (length, depth) = (0, 0)
    var (isInString, isEscaped) = (false, false)
    while let byte = try stream.peek() {
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
      } else {
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          if depth == 0 && !isWhole { return row(bytes, length, line, column) }
          depth -= 1
        case UInt8(ascii: ","):
          if depth == 0 && !isWhole { return row(bytes, length, line, column) }
        default: break
        }
      }
      _ = try stream.next()
      length += 1
      if bytes.count < rowLimit { bytes.append(byte) }
    }
    return row(bytes, length, line, column)
  }

  private func row(_ bytes: [UInt8], _ length: Int, _ line: Int, _ column: Int) -> Row {
    guard length <= rowLimit else {
      return Row(
        line: line, bytes: bytes,
        defect: "the row is \(length) bytes long; at most \(rowLimit) are read")
    }
    return Row(line: line, column: column, bytes: bytes)
  }
}
