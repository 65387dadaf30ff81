import Codecs
import SystemPackage

/// Writes bytes to a file as one Zstandard frame.
struct FrameWriter: ContentWriter {
  private var file: CopyTarget
  private let source: FilePath
  private let encoder: ZstdEncoder
  private let buffer = PageBuffer(size: 256 << 10)
  private var filled = 0
  /// Bytes of the announced content that have not come.
  private var missing: Int64

  /// The fastest: making a dataset waits for it, and slower levels take a tenth off at best.
  static let level = 1

  /// - Parameters:
  ///   - source: where the bytes come from, for the message that they changed.
  ///   - size: bytes that will be written.
  init(_ file: CopyTarget, source: FilePath, size: Int64) throws(RegistryError) {
    self.file = file
    self.source = source
    missing = size
    do throws(CodecError) {
      encoder = try ZstdEncoder(contentSize: size, level: FrameWriter.level)
    } catch {
      throw FrameWriter.failure(error, source)
    }
  }

  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(RegistryError) {
    missing -= Int64(bytes.count)
    guard missing >= 0 else { throw .fileChanged(source) }
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
    guard missing == 0 else { throw .fileChanged(source) }
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
  }

  private var room: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[filled...])
  }

  private mutating func took(_ count: Int) throws(RegistryError) {
    filled += count
    if filled == buffer.bytes.count { try flush() }
  }

  private mutating func flush() throws(RegistryError) {
    try file.write(buffer.prefix(filled))
    filled = 0
  }

  private static func failure(_ error: CodecError, _ source: FilePath) -> RegistryError {
    switch error {
    case .noMemory: .system(operation: "compress", path: source, error: .noMemory)
    // The encoder refuses nothing but a size unlike the announced one.
    case .damaged: .fileChanged(source)
    }
  }
}
