import Codecs
import SystemPackage

/// Writes bytes to a file as one Zstandard frame.
///
/// The frame says how large its content is. Where nobody knows before the end, room is left at the
/// file's beginning for the longer header that says it.
struct FrameWriter: ContentWriter {
  private var file: CopyTarget
  private let source: FilePath
  private let encoder: ZstdEncoder
  private let buffer = PageBuffer(size: 256 << 10)
  private var filled = 0
  private let announced: Int64?
  private var total: Int64 = 0
  /// The beginning of a frame that does not say its size.
  private var head: [UInt8] = []

  /// The fastest: making a dataset waits for it, and slower levels take a tenth off at best.
  static let level = 1

  /// - Parameters:
  ///   - source: where the bytes come from, for the message that they changed.
  ///   - size: bytes that will be written; nil where nobody knows.
  init(_ file: CopyTarget, source: FilePath, size: Int64?) throws(RegistryError) {
    self.file = file
    self.source = source
    announced = size
    do throws(CodecError) {
      encoder = try ZstdEncoder(contentSize: size, level: FrameWriter.level)
    } catch {
      throw FrameWriter.failure(error, source)
    }
    if size == nil {
      filled = ZstdFrameHeader.sizeField
      buffer.bytes.prefix(filled).initializeMemory(as: UInt8.self, repeating: 0)
    }
  }

  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(RegistryError) {
    total += Int64(bytes.count)
    guard total <= announced ?? total else { throw .fileChanged(source) }
    var rest = bytes
    while !rest.isEmpty {
      let step: (taken: Int, made: Int)
      do throws(CodecError) {
        step = try encoder.encode(rest, into: room)
      } catch {
        throw FrameWriter.failure(error, source)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[step.taken...])
      try took(step.made)
    }
  }

  /// - Throws: `registry.file_changed` where fewer bytes came than were announced.
  mutating func finish() throws(RegistryError) {
    guard total == announced ?? total else { throw .fileChanged(source) }
    var isDone = false
    while !isDone {
      let step: (made: Int, isDone: Bool)
      do throws(CodecError) {
        step = try encoder.finish(into: room)
      } catch {
        throw FrameWriter.failure(error, source)
      }
      isDone = step.isDone
      try took(step.made)
    }
    try flush()
    if announced == nil { try file.replaceBeginning(by: header()) }
  }

  /// What belongs at the beginning of the file, up to the first block.
  private func header() throws(RegistryError) -> [UInt8] {
    do throws(CodecError) {
      return try ZstdFrameHeader.stating(contentSize: total, in: head)
    } catch {
      throw FrameWriter.failure(error, source)
    }
  }

  private var room: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[filled...])
  }

  private mutating func took(_ count: Int) throws(RegistryError) {
    filled += count
    if filled == buffer.bytes.count { try flush() }
  }

  private mutating func flush() throws(RegistryError) {
    if announced == nil, head.isEmpty {
      head = Array(
        buffer.prefix(filled).dropFirst(ZstdFrameHeader.sizeField).prefix(ZstdFrameHeader.longest))
    }
    try file.write(buffer.prefix(filled))
    filled = 0
  }

  static func failure(_ error: CodecError, _ source: FilePath) -> RegistryError {
    switch error {
    case .noMemory: .system(operation: "compress", path: source, error: .noMemory)
    // The encoder refuses nothing but a size unlike the announced one.
    case .damaged: .fileChanged(source)
    }
  }
}
