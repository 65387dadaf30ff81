import Codecs

/// Which content is kept compressed where that is asked for.
enum Compressing {
  /// Smaller content takes one block of the disk in either form, in bytes.
  static let least: Int64 = 4096

  /// - Parameters:
  ///   - size: bytes of the content.
  ///   - head: its first bytes.
  static func isWorthTrying(size: Int64, head: [UInt8]) -> Bool {
    // Readers tell compressed content by its beginning. What is compressed already stays as it is,
    // so that nobody has to ask how often to decompress.
    size >= least && CompressionFormat(head: head) == nil
  }

  /// Whether a finished file is at most nine tenths of its content.
  static func wasWorthIt(_ file: borrowing OpenFile, size: Int64) throws(RegistryError) -> Bool {
    try file.status().size <= size / 10 * 9
  }
}
