import struct Crypto.SHA256
import JSON
import MLOpsCore

/// The first 16 bytes of the SHA-256 of a value's canonical text: enough to tell rows apart (one
/// chance in 10^20 for a billion rows) at 16 bytes of memory each.
struct RowFingerprint: Hashable {
  private let high: UInt64
  private let low: UInt64

  init(_ canonical: [UInt8]) {
    var words: (UInt64, UInt64) = (0, 0)
    for (index, byte) in SHA256.hash(data: canonical).enumerated() where index < 16 {
      if index < 8 {
        words.0 = words.0 << 8 | UInt64(byte)
      } else {
        words.1 = words.1 << 8 | UInt64(byte)
      }
    }
    (high, low) = words
  }

  /// The fingerprint of bytes whose SHA-256 is known.
  init(_ digest: Digest) {
    // A digest has 64 hexadecimal digits, whatever made it.
    high = UInt64(digest.hex.prefix(16), radix: 16) ?? 0
    low = UInt64(digest.hex.dropFirst(16).prefix(16), radix: 16) ?? 0
  }

  /// The 16 bytes.
  var bytes: [UInt8] {
    [high, low].flatMap { word in
      stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt64($0)) }
    }
  }

  /// 64 bits that depend on nothing but the bytes.
  var bits: UInt64 { high }

  /// A number in [0, 1) that depends on nothing but the bytes.
  var share: Double { Double(high >> 11) * 0x1p-53 }
}

extension RowFingerprint: Comparable {
  /// In the order of `share`.
  static func < (left: RowFingerprint, right: RowFingerprint) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}
