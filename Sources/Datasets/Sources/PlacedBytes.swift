import SystemPackage

/// A place in a file.
struct TextPlace: Sendable, Hashable {
  /// From 1.
  var line: Int
  /// In Unicode scalars, from 1.
  var column: Int
}

/// The bytes of a file one at a time, with the place of the next, in constant memory.
struct PlacedBytes: ~Copyable {
  let path: FilePath
  /// Of the next byte, from 1; a line ends with LF, and with a CR alone where `countsReturns`.
  private(set) var line = 1
  /// Of the next byte in Unicode scalars, from 1.
  private(set) var column = 1
  /// Of the next byte.
  var place: TextPlace { TextPlace(line: line, column: column) }
  private let stream: ByteStream
  /// Whether a carriage return ends a line, as on old Macintoshes.
  var countsReturns = false
  private var buffer: [UInt8] = []
  private var position = 0
  private var isStarted = false
  /// What was taken since the mark and is no longer in the buffer, at most `markLimit` bytes.
  private var marked: [UInt8] = []
  private var markLimit = 0
  /// Bytes taken since the mark that the limit left out.
  private var cut = 0
  /// Where in the buffer the marked bytes go on; nil where there is no mark.
  private var mark: Int?

  /// A byte-order mark at the start is skipped.
  init(_ stream: ByteStream) {
    path = stream.path
    self.stream = stream
  }

  /// The next byte without taking it; nil at the end.
  mutating func peek() throws(DatasetsError) -> UInt8? {
    if position == buffer.count {
      keepMarked()
      buffer = try stream.next(atMost: 256 << 10)
      position = !isStarted && buffer.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
      isStarted = true
    }
    return position < buffer.count ? buffer[position] : nil
  }

  /// Remembers the bytes that are taken from here on.
  mutating func setMark(limit: Int) {
    marked.removeAll(keepingCapacity: true)
    markLimit = limit
    cut = 0
    mark = position
  }

  /// What was taken since the mark, as it stands in the file, cut to the mark's limit; the mark is
  /// gone then.
  ///
  /// - Parameter end: how many bytes at the end are left out.
  mutating func sinceMark(without end: Int) -> [UInt8] {
    keepMarked()
    mark = nil
    return Array(marked.dropLast(max(0, end - cut)))
  }

  private mutating func keepMarked() {
    guard let mark else { return }
    let taken = buffer[mark..<position]
    let room = max(0, markLimit - marked.count)
    marked += taken.prefix(room)
    cut += max(0, taken.count - room)
    self.mark = 0
  }

  /// Takes the next byte.
  mutating func next() throws(DatasetsError) -> UInt8? {
    guard let byte = try peek() else { return nil }
    position += 1
    if byte == 0x0A || byte == 0x0D && countsReturns {
      startLine()
    } else if byte & 0xC0 != 0x80 {
      column += 1
    }
    return byte
  }

  /// Counts a line end that turned out to be one only after it was taken.
  mutating func startLine() {
    line += 1
    column = 1
  }
}
