/// The ways of compressing that are understood, told by the beginning of the bytes.
public enum CompressionFormat: Sendable, CaseIterable {
  case gzip
  case zstd

  /// The bytes with which every such stream begins.
  public var magic: [UInt8] {
    switch self {
    case .gzip: [0x1F, 0x8B]
    case .zstd: [0x28, 0xB5, 0x2F, 0xFD]
    }
  }

  /// Nil for bytes that are not compressed.
  ///
  /// - Parameter head: the first bytes, at least `longestMagic` where there are so many.
  public init?(head: some Collection<UInt8>) {
    guard let found = Self.allCases.first(where: { head.starts(with: $0.magic) }) else {
      return nil
    }
    self = found
  }

  /// Bytes that tell any format.
  public static let longestMagic = 4

  /// A decoder at the beginning of a stream.
  ///
  /// - Throws: `codecs.no_memory`.
  public func decoder() throws(CodecError) -> any StreamDecoder {
    switch self {
    case .gzip: try GzipDecoder()
    case .zstd: try ZstdDecoder()
    }
  }
}
