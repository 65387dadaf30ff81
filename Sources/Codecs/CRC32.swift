import CZlib

/// The checksum of gzip and Parquet (ISO 3309, polynomial 0x04C11DB7).
public enum CRC32 {
  public static func of(_ bytes: [UInt8]) -> UInt32 {
    var checksum: UInt = 0
    var done = 0
    while done < bytes.count {
      let count = min(bytes.count - done, 1 << 30)
      checksum = bytes[done..<done + count].withUnsafeBufferPointer {
        crc32(checksum, $0.baseAddress, UInt32(count))
      }
      done += count
    }
    return UInt32(truncatingIfNeeded: checksum)
  }
}
