/// A stretch of a JSON text.
public struct JSONRange: Sendable, Hashable {
  /// Bytes from the start of the text.
  public let bytes: Range<Int>
  /// The line of its first byte, from 1.
  public let line: Int
  /// The column of its first byte in Unicode scalars, from 1.
  public let column: Int
}

/// Finds where in a text a value stands, so that a message can say file, line and column.
///
/// It is made only when there is something to report, so the parser need not remember positions.
public struct JSONLocator: Sendable {
  let bytes: [UInt8]

  /// - Parameter bytes: A text that `JSONValue(parsing:)` has accepted.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Where the value is that a pointer names; nil where there is none. For more than one pointer there
  /// is `ranges(of:)`.
  public func range(of pointer: JSONPointer) -> JSONRange? {
    ranges(of: [pointer])[pointer]
  }

  /// Where the elements of the array begin and end that is the whole text; nil for other texts.
  public func elements() -> [Range<Int>]? {
    var position = valueStart(from: hasByteOrderMark ? 3 : 0)
    guard position < bytes.count, bytes[position] == UInt8(ascii: "[") else { return nil }
    var ranges: [Range<Int>] = []
    position = valueStart(from: position + 1)
    while position < bytes.count, bytes[position] != UInt8(ascii: "]") {
      let finish = end(of: position)
      guard finish > position else { return nil }
      ranges.append(position..<finish)
      position = valueStart(from: finish)
      if position < bytes.count, bytes[position] == UInt8(ascii: ",") {
        position = valueStart(from: position + 1)
      }
    }
    return ranges
  }

  var hasByteOrderMark: Bool { bytes.starts(with: [0xEF, 0xBB, 0xBF]) }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  func valueStart(from position: Int) -> Int {
    var position = position
    while position < bytes.count, JSONLocator.isSpace(bytes[position]) {
      position += 1
    }
    return position
  }

  func name(_ range: Range<Int>) -> String? {
    (try? JSONValue(parsing: Array(bytes[range])))?.string
  }

  /// The position after the value that begins at `start`, by counting brackets outside strings.
  func end(of start: Int) -> Int {
    var position = start
    var depth = 0
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        position = stringEnd(from: position)
        if depth == 0 { return position }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return position }
        depth -= 1
        if depth == 0 { return position + 1 }
      case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x0A, 0x0D, 0x09:
        if depth == 0 { return position }
      default: break
      }
      position += 1
    }
    return position
  }

  private func stringEnd(from start: Int) -> Int {
    var position = start + 1
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(position + 1, bytes.count)
  }
}
