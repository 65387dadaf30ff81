import Codecs
import SystemPackage

/// Decompresses pages. A page says how long it is afterwards, and never gets longer than that.
enum PageCompression: Int {
  case none = 0
  case snappy = 1
  case gzip = 2
  case zstd = 6
  case lz4 = 7

  private static let others = [3: "LZO", 4: "Brotli", 5: "the LZ4 of old Hadoop"]

  init(codec: Int) throws(ParquetFault) {
    guard let known = PageCompression(rawValue: codec) else {
      throw .unsupported(
        "its columns are compressed with \(PageCompression.others[codec] ?? "codec \(codec)"); \(PageCompression.known) are read"
      )
    }
    self = known
  }

  private static let known = "Snappy, gzip, Zstandard and LZ4_RAW"

  /// - Parameter size: of what comes out, in bytes.
  func decompress(_ input: ArraySlice<UInt8>, size: Int, of path: FilePath) throws(ParquetFault)
    -> [UInt8]
  {
    let output: [UInt8] =
      switch self {
      case .none: Array(input)
      case .snappy: try SnappyDecoder.decode(input, size: size)
      case .lz4: try LZ4Decoder.decode(input, size: size)
      case .gzip, .zstd: try stream(input, size: size, path)
      }
    guard output.count == size else {
      throw .damaged("a page has \(output.count) bytes where it says \(size)")
    }
    return output
  }

  private func stream(_ input: ArraySlice<UInt8>, size: Int, _ path: FilePath)
    throws(ParquetFault) -> [UInt8]
  {
    do {
      let decoder: any StreamDecoder = self == .gzip ? try GzipDecoder() : try ZstdDecoder()
      return try PageCompression.drain(decoder, Array(input), size: size)
    } catch CodecError.damaged(let reason) {
      throw .damaged("a page cannot be decompressed: \(reason)")
    } catch CodecError.noMemory {
      throw .failed(.noMemory(path: path.string))
    } catch let fault as ParquetFault {
      throw fault
    } catch {
      throw .damaged("a page cannot be decompressed: \(error)")
    }
  }

  private static func drain(_ decoder: any StreamDecoder, _ input: [UInt8], size: Int) throws
    -> [UInt8]
  {
    var output: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: min(max(size, 64), 256 << 10))
    var taken = 0
    while true {
      let step = try input.withUnsafeBytes { input in
        try piece.withUnsafeMutableBytes { piece in
          try decoder.decode(UnsafeRawBufferPointer(rebasing: input[taken...]), into: piece)
        }
      }
      taken += step.taken
      output += piece[..<step.made]
      guard output.count <= size else {
        throw ParquetFault.damaged("a page is longer than it says")
      }
      if step.taken == 0, step.made == 0 { break }
    }
    guard taken == input.count, decoder.isWhole else {
      throw ParquetFault.damaged("a compressed page ends in the middle")
    }
    return output
  }
}
