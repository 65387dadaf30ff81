import Synchronization
import SystemPackage

/// Hands out a stream of newline-delimited rows in pieces of whole rows, to any number of threads.
final class RowFeed: @unchecked Sendable {
  /// What a call put into the buffer.
  enum Piece {
    /// Whole rows; with where each began, where they were no lines of their own.
    case rows(sequence: Int, length: Int, origins: [ElementSplitter.Origin]?)
    /// One row does not fit: call again with a buffer of this size.
    case tooSmall(needed: Int)
    /// A row longer than any buffer may be; it was passed over.
    case tooLong(sequence: Int, length: Int)
    case end
  }

  private struct State {
    let stream: ByteStream
    /// The beginning of a row whose end was not read yet.
    var carry: [UInt8] = []
    var sequence = 0
    var isFirst = true
    var isAtEnd = false
    /// For an array of rows.
    var splitter: ElementSplitter?
    /// Rows of an array that did not fit the buffer.
    var origins: [ElementSplitter.Origin] = []
  }

  // Looked at and changed under the lock only.
  private var state: State
  private let lock = Mutex<Void>(())
  private let lineLimit: Int
  /// The size of the file on the disk, in bytes.
  let size: Int64?

  /// - Parameters:
  ///   - isArray: whether the text is one JSON array of rows.
  ///   - lineLimit: the longest row, in bytes.
  init(_ stream: ByteStream, isArray: Bool, lineLimit: Int) {
    self.lineLimit = lineLimit
    size = stream.size
    state = State(stream: stream, splitter: isArray ? ElementSplitter() : nil)
  }

  /// Bytes read from the file so far.
  var consumed: Int64 { progress.load(ordering: .relaxed) }
  /// Apart from the lock, which is held while a thread reads: who only tells of progress must not
  /// wait for that.
  private let progress = Atomic<Int64>(0)

  /// Fills a buffer with whole rows.
  ///
  /// - Throws: `datasets.file_failed`, `datasets.damaged_archive`.
  func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(DatasetsError) -> Piece {
    try lock.withLock { _ throws(DatasetsError) in
      defer { progress.store(state.stream.consumed, ordering: .relaxed) }
      return state.splitter == nil ? try fill(buffer, &state) : try fillFromArray(buffer, &state)
    }
  }

  private func fillFromArray(_ buffer: UnsafeMutableRawBufferPointer, _ state: inout State)
    throws(DatasetsError) -> Piece
  {
    while state.carry.isEmpty, !state.isAtEnd {
      var chunk = [UInt8](repeating: 0, count: RowFeed.chunkSize)
      let count = try state.stream.read(into: &chunk)
      chunk.withUnsafeBytes { bytes in
        state.splitter?.add(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
      }
      state.isAtEnd = count < RowFeed.chunkSize
      if state.isAtEnd { state.splitter?.finish() }
      guard let taken = state.splitter?.takeRows() else { break }
      (state.carry, state.origins) = taken
      if state.splitter?.rows.count ?? 0 > lineLimit {
        throw .rowTooLong(path: state.stream.path.string, limit: lineLimit)
      }
    }
    guard !state.carry.isEmpty else { return .end }
    guard state.carry.count <= buffer.count else { return .tooSmall(needed: state.carry.count) }
    buffer.copyBytes(from: state.carry)
    defer {
      state.sequence += 1
      state.carry = []
    }
    return .rows(sequence: state.sequence, length: state.carry.count, origins: state.origins)
  }

  /// Bytes of an array that are cut into rows at a time.
  private static let chunkSize = 128 << 10

  private func fill(_ buffer: UnsafeMutableRawBufferPointer, _ state: inout State)
    throws(DatasetsError) -> Piece
  {
    guard state.carry.count < buffer.count else {
      return .tooSmall(needed: state.carry.count * 2)
    }
    buffer.copyBytes(from: state.carry)
    var length = state.carry.count
    if !state.isAtEnd {
      let count = try state.stream.read(
        into: UnsafeMutableRawBufferPointer(rebasing: buffer[length...]))
      state.isAtEnd = count < buffer.count - length
      length += count
    }
    if state.isFirst {
      state.isFirst = false
      length = RowFeed.withoutByteOrderMark(buffer, length)
    }
    guard length > 0 else {
      state.carry = []
      return .end
    }
    if state.isAtEnd {
      state.carry = []
      return rows(length, &state)
    }
    guard let last = RowFeed.lastLineEnd(buffer, length) else {
      state.carry = Array(buffer[..<length])
      if length >= lineLimit { return try passOver(buffer, &state) }
      return .tooSmall(needed: min(length * 2, lineLimit + 1))
    }
    state.carry = Array(buffer[(last + 1)..<length])
    return rows(last + 1, &state)
  }

  private func rows(_ length: Int, _ state: inout State) -> Piece {
    defer { state.sequence += 1 }
    return .rows(sequence: state.sequence, length: length, origins: nil)
  }

  /// Reads on to the end of a row that nobody can hold.
  private func passOver(_ buffer: UnsafeMutableRawBufferPointer, _ state: inout State)
    throws(DatasetsError) -> Piece
  {
    var length = state.carry.count
    state.carry = []
    while true {
      let count = try state.stream.read(into: buffer)
      state.isAtEnd = count < buffer.count
      let found = buffer[..<count].firstIndex(of: 0x0A)
      length += found ?? count
      if let found { state.carry = Array(buffer[(found + 1)..<count]) }
      if found != nil || state.isAtEnd { break }
    }
    defer { state.sequence += 1 }
    return .tooLong(sequence: state.sequence, length: length)
  }

  private static func withoutByteOrderMark(
    _ buffer: UnsafeMutableRawBufferPointer, _ length: Int
  ) -> Int {
    guard length >= 3, buffer[0] == 0xEF, buffer[1] == 0xBB, buffer[2] == 0xBF else {
      return length
    }
    buffer.copyBytes(from: Array(buffer[3..<length]))
    return length - 3
  }

  private static func lastLineEnd(_ buffer: UnsafeMutableRawBufferPointer, _ length: Int) -> Int? {
    var index = length - 1
    while index >= 0 {
      if buffer[index] == 0x0A { return index }
      index -= 1
    }
    return nil
  }
}
