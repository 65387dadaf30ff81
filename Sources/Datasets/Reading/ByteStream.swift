import Codecs
import MLOpsCore
import SystemPackage

/// The bytes of a file or of the standard input (`-`), gzip and Zstandard decompressed on the way.
///
/// What the bytes are is told by their beginning, never by the name.
final class ByteStream {
  let path: FilePath
  /// The size of the file as it is on the disk, in bytes; nil where it is no file.
  let size: Int64?
  private let file: FileDescriptor
  private let isOwner: Bool
  private var decoder: (any StreamDecoder)?
  /// What was read and not handed out; with a decoder, what it has not taken.
  private var pending: [UInt8] = []
  private var position = 0
  private var isAtEnd = false
  /// Plain bytes that were looked at and are still to be handed out.
  private var ahead: ArraySlice<UInt8> = []
  /// Bytes read from the file so far.
  private(set) var consumed: Int64 = 0
  /// Whether the file itself was read to its end.
  private var hasEnded = false
  /// Hashes what is read of the file; nil where nobody asked for it.
  private let hasher: InputHasher?

  private static let pieceSize = 256 << 10

  /// - Parameter isHashed: whether `digest` will be asked for.
  /// - Throws: `datasets.file_failed`; `datasets.interrupted` as `read(into:)`.
  init(_ path: FilePath, isHashed: Bool = false) throws(DatasetsError) {
    self.path = path
    hasher = isHashed ? InputHasher() : nil
    let isFile = path.string != "-"
    isOwner = isFile
    file = isFile ? try Files.open(path) : .standardInput
    size = isFile ? Files.size(of: file) : nil
    try refill()
    do throws(CodecError) {
      decoder = try CompressionFormat(head: pending)?.decoder()
    } catch {
      throw DatasetsError(error, path)
    }
  }

  deinit { if isOwner { try? file.close() } }

  /// For what is read here and there, as databases are.
  ///
  /// - Throws: `datasets.unsupported_source` where it is a pipe or compressed.
  func needsFile() throws(DatasetsError) {
    guard decoder == nil, path.string != "-", Files.isRegular(path) else {
      throw .sourceFailed(
        .unsupportedSource, source: path.string,
        reason: "a database or Parquet file is read here and there, which needs a plain file",
        advice: decoder == nil ? "Save it to a file first." : "Decompress it first.")
    }
  }

  /// The next bytes, as many as fit unless the end comes first; 0 at the end.
  ///
  /// - Throws: `datasets.file_failed`, `datasets.damaged_archive`; `datasets.interrupted` where the
  ///   task was cancelled: a pipe may never end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DatasetsError) -> Int {
    var filled = min(ahead.count, buffer.count)
    buffer.copyBytes(from: ahead.prefix(filled))
    ahead = ahead.dropFirst(filled)
    while filled < buffer.count {
      try DatasetsError.checkInterruption(of: path.string)
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let count = decoder == nil ? try readPlain(into: rest) : try readDecoded(into: rest)
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  /// The next bytes, as many as there are up to a number; empty at the end.
  func next(atMost count: Int) throws(DatasetsError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    bytes.removeSubrange(try read(into: &bytes)...)
    return bytes
  }

  /// As `read(into:)`, filling an array.
  func read(into bytes: inout [UInt8]) throws(DatasetsError) -> Int {
    do {
      return try bytes.withUnsafeMutableBytes { try read(into: $0) }
    } catch let error as DatasetsError {
      throw error
    } catch {
      throw .fileFailed(path: path.string, operation: "read", reason: "\(error)")
    }
  }

  /// The first bytes, which stay to be read.
  func peek(atMost count: Int) throws(DatasetsError) -> [UInt8] {
    let bytes = try next(atMost: count)
    ahead = bytes[...]
    return bytes
  }

  /// Everything that is left.
  ///
  /// - Throws: `datasets.file_too_large` beyond a limit in bytes.
  func rest(limit: Int) throws(DatasetsError) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = try read(into: &piece)
      bytes += piece[..<count]
      guard bytes.count <= limit else { throw .fileTooLarge(path: path.string, limit: limit) }
      if count < piece.count { return bytes }
    }
  }

  private func readPlain(into buffer: UnsafeMutableRawBufferPointer)
    throws(DatasetsError) -> Int
  {
    guard position < pending.count else {
      try waitForBytes()
      let count = try Files.attempt("read", path) { [file] in try file.read(into: buffer) }
      note(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      return count
    }
    let count = min(pending.count - position, buffer.count)
    buffer.copyBytes(from: pending[position..<position + count])
    position += count
    return count
  }

  private func readDecoded(into buffer: UnsafeMutableRawBufferPointer)
    throws(DatasetsError) -> Int
  {
    guard let decoder else { return 0 }
    while true {
      if position == pending.count, !isAtEnd { try refill() }
      let input = ArraySlice(pending[position...])
      let step = try decode(input, with: decoder, into: buffer)
      position += step.taken
      if step.made > 0 { return step.made }
      if position == pending.count, isAtEnd {
        guard decoder.isWhole else {
          throw .damagedArchive(path: path.string, reason: "it ends in the middle")
        }
        return 0
      }
    }
  }

  private func decode(
    _ input: ArraySlice<UInt8>, with decoder: any StreamDecoder,
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(DatasetsError) -> (taken: Int, made: Int) {
    do {
      return try input.withUnsafeBytes { try decoder.decode($0, into: buffer) }
    } catch let error as CodecError {
      throw DatasetsError(error, path)
    } catch {
      throw .damagedArchive(path: path.string, reason: "\(error)")
    }
  }

  private func refill() throws(DatasetsError) {
    try waitForBytes()
    pending = try Files.read(from: file, path, atMost: ByteStream.pieceSize)
    position = 0
    isAtEnd = pending.isEmpty
    pending.withUnsafeBytes { note($0) }
  }

  /// Takes note of what was read of the file; of nothing at its end.
  private func note(_ bytes: UnsafeRawBufferPointer) {
    consumed += Int64(bytes.count)
    if bytes.isEmpty { hasEnded = true } else { hasher?.add(bytes) }
  }

  /// Waits until a pipe has bytes or ends: a read that blocks would keep a cancelled task.
  ///
  /// - Throws: `datasets.interrupted`.
  private func waitForBytes() throws(DatasetsError) {
    guard size == nil else { return }
    repeat {
      try DatasetsError.checkInterruption(of: path.string)
    } while !Files.isReady(file, within: 100)
  }

  /// The digest of the whole file as it is on the disk, and its size in bytes; what was not read yet
  /// is read for it.
  ///
  /// - Returns: nil where it was not asked for in the beginning.
  /// - Throws: `datasets.file_failed`, `datasets.interrupted`.
  func digest() throws(DatasetsError) -> (digest: Digest, size: Int64)? {
    guard let hasher else { return nil }
    while !hasEnded { try refill() }
    return (hasher.finish(), consumed)
  }
}

extension DatasetsError {
  /// What a decoder said, about a file.
  fileprivate init(_ error: CodecError, _ path: FilePath) {
    switch error {
    case .damaged(let reason): self = .damagedArchive(path: path.string, reason: reason)
    case .noMemory: self = .noMemory(path: path.string)
    }
  }
}
