import JSON

/// Cuts the elements of a JSON array out of a stream of its text and makes a row of each, so that
/// arrays of any size are checked like newline-delimited rows.
///
/// Line ends between tokens become spaces; one inside a string, which no JSON has, becomes a
/// control character and so stays a mistake. Where an element began is kept.
struct ElementSplitter {
  /// Where a row began in the file, from 1; columns in code points.
  struct Origin: Sendable {
    let line: Int
    let column: Int
    /// Where line ends stood in the row, in bytes.
    fileprivate(set) var breaks: [Int] = []
    fileprivate var fault: Fault?

    /// The row as it was written, or what is wrong where it stands.
    func row(_ bytes: some Sequence<UInt8>) -> Row {
      var bytes = Array(bytes)
      for offset in breaks where offset < bytes.count { bytes[offset] = 0x0A }
      switch fault {
      case nil: return Row(line: line, column: column, bytes: bytes)
      case .unclosed:
        return UnclosedArray.rest(Row(line: line, column: column, bytes: Array(bytes.dropLast())))
      case .between(let reason):
        return Row(
          line: line, bytes: Array(bytes.dropLast()),
          defect: RowDefect(line: line, column: column, reason: reason))
      }
    }
  }

  /// What is wrong with a row that ends with `sentinel`.
  fileprivate enum Fault {
    /// The text ends in it.
    case unclosed
    /// It is no element, but what stands where none may.
    case between(String)
  }

  /// Ends rows that are no JSON for a reason of their own, so that nothing takes them for valid.
  private static let sentinel: UInt8 = 0x01
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
  /// How much of a byte-order mark was seen; all where there was none.
  private var markLength = 0

  private enum Phase { case before, element, afterComma, after, broken }

  private var phase = Phase.before
  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  private var line = 1
  private var column = 1
  private(set) var origins: [Origin] = []
  /// The rows so far, one a line.
  private(set) var rows: [UInt8] = []
  private var hasContent = false
  /// Where the element in hand begins in `rows`.
  private var start = 0
  /// Where the last whole row ends in `rows`. Kept, because looking for it would go through an
  /// element of many pieces again with each of them.
  private var wholeEnd = 0

  /// Whether the array was closed and nothing but white space followed.
  var isWhole: Bool { phase == .after }

  /// Takes the rows that are whole.
  mutating func takeRows() -> (rows: [UInt8], origins: [Origin]) {
    // What is not closed yet stays: its line end is missing.
    let end = wholeEnd
    guard end > 0 else { return ([], []) }
    let whole = Array(rows[..<end])
    let count = phase == .element && hasContent ? origins.count - 1 : origins.count
    let taken = Array(origins[..<count])
    rows.removeSubrange(..<end)
    start -= end
    wholeEnd = 0
    origins.removeSubrange(..<count)
    return (whole, taken)
  }

  /// Ends the text: what is missing becomes one row that is no JSON.
  mutating func finish() {
    switch phase {
    case .after, .broken: return
    case .before: fault("expected an array, found nothing")
    case .element where hasContent: finishElement()
    case .element: fault(UnclosedArray.reason)
    case .afterComma: fault("expected a value after ','; \(UnclosedArray.reason)")
    }
    hasContent = false
    phase = .broken
  }

  /// Ends the text behind the beginning of an element: one that is whole is a row, and what is
  /// missing behind it another.
  private mutating func finishElement() {
    if UnclosedArray.isWhole(Row(line: 1, bytes: Array(rows[start...]))) {
      endRow()
      fault(UnclosedArray.reason)
    } else {
      origins[origins.count - 1].fault = .unclosed
      rows.append(ElementSplitter.sentinel)
      endRow()
    }
  }

  /// A byte-order mark at the start is passed over.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    for byte in bytes {
      if markLength < ElementSplitter.byteOrderMark.count {
        if byte == ElementSplitter.byteOrderMark[markLength] {
          markLength += 1
          continue
        }
        markLength = ElementSplitter.byteOrderMark.count
      }
      take(byte)
      if byte == 0x0A {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
  }

  private mutating func take(_ byte: UInt8) {
    if isInString { return takeInString(byte) }
    let isSpace = byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    switch phase {
    case .before:
      if byte == UInt8(ascii: "[") { phase = .element } else if !isSpace { broken(byte) }
    case .after, .broken:
      if !isSpace { broken(byte) }
    case .element, .afterComma:
      if isSpace {
        if hasContent { append(0x20, for: byte) }
        return
      }
      if depth == 0, byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") {
        endElement(isLast: byte == UInt8(ascii: "]"))
        return
      }
      if !hasContent {
        hasContent = true
        phase = .element
        origins.append(Origin(line: line, column: column))
        start = rows.count
      }
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      case UInt8(ascii: "\""): isInString = true
      default: break
      }
      rows.append(byte)
      if depth < 0 { depth = 0 }
    }
  }

  private mutating func takeInString(_ byte: UInt8) {
    append(byte == 0x0A ? ElementSplitter.sentinel : byte, for: byte)
    if isEscaped {
      isEscaped = false
    } else if byte == UInt8(ascii: "\\") {
      isEscaped = true
    } else if byte == UInt8(ascii: "\"") {
      isInString = false
    }
  }

  private mutating func append(_ stand: UInt8, for byte: UInt8) {
    if byte == 0x0A { origins[origins.count - 1].breaks.append(rows.count - start) }
    rows.append(stand)
  }

  private mutating func endElement(isLast: Bool) {
    if hasContent {
      endRow()
    } else if !isLast || phase == .afterComma {
      // Nothing between two commas, or behind the last one.
      fault("expected a value, found '\(isLast ? "]" : ",")'")
    }
    hasContent = false
    phase = isLast ? .after : .afterComma
  }

  /// A row that is no JSON, for a mistake between elements.
  private mutating func fault(_ reason: String, at text: [UInt8] = []) {
    origins.append(Origin(line: line, column: column, fault: .between(reason)))
    rows += text + [ElementSplitter.sentinel]
    endRow()
  }

  private mutating func endRow() {
    rows.append(0x0A)
    wholeEnd = rows.count
  }

  private mutating func broken(_ byte: UInt8) {
    guard phase != .broken else { return }
    let isPrintable = (0x21...0x7E).contains(byte)
    let found = isPrintable ? "'\(Character(Unicode.Scalar(byte)))'" : "other text"
    let expected = phase == .before ? "an array" : "the end of the text after the array"
    fault("expected \(expected), found \(found)", at: isPrintable ? [byte] : [])
    phase = .broken
  }
}
