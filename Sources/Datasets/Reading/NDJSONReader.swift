public import SystemPackage

/// Reads newline-delimited JSON in bounded memory; a bad row is handed out like a good one, with
/// what is wrong with it, and the next row follows.
///
/// A byte-order mark at the start, CRLF and blank lines are accepted.
public struct NDJSONReader: ~Copyable {
  private let stream: ByteStream
  private let lineLimit: Int
  private var buffer: [UInt8] = []
  private var position = 0
  private var line = 0
  private var isAtEnd = false

  /// - Parameter lineLimit: How long a line may be, in bytes; longer ones become defective rows.
  public init(_ path: FilePath, lineLimit: Int = 16 << 20) throws(DatasetsError) {
    self.init(try ByteStream(path), lineLimit: lineLimit)
  }

  init(_ stream: ByteStream, lineLimit: Int = 16 << 20) {
    self.lineLimit = lineLimit
    self.stream = stream
  }

  /// The next row that is not blank; nil at the end.
  public mutating func next() throws(DatasetsError) -> Row? {
    while let (bytes, length) = try nextLine() {
      line += 1
      guard length <= lineLimit else {
        return Row(
          line: line, bytes: bytes,
          defect: "the line is \(length) bytes long; at most \(lineLimit) are read")
      }
      if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      return Row(line: line, bytes: bytes)
    }
    return nil
  }

  /// A line without its end, cut to `lineLimit`, and its whole length.
  private mutating func nextLine() throws(DatasetsError) -> ([UInt8], Int)? {
    var bytes: [UInt8] = []
    var length = 0
    var isStarted = false
    while true {
      if position == buffer.count {
        try refill()
        if buffer.isEmpty { break }
      }
      isStarted = true
      let rest = buffer[position...]
      let end = rest.firstIndex(of: 0x0A) ?? buffer.endIndex
      let piece = rest[..<end]
      length += piece.count
      bytes += piece.prefix(max(0, lineLimit - bytes.count))
      position = end
      if end < buffer.endIndex {
        position += 1
        break
      }
    }
    guard isStarted else { return nil }
    if line == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      bytes.removeFirst(3)
      length -= 3
    }
    if length == bytes.count, bytes.last == 0x0D {
      bytes.removeLast()
      length -= 1
    }
    return (bytes, length)
  }

  private mutating func refill() throws(DatasetsError) {
    position = 0
    buffer = isAtEnd ? [] : try stream.next(atMost: 256 << 10)
    isAtEnd = buffer.isEmpty
  }
}
