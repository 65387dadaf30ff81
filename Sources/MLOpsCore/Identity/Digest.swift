public import JSON
import Crypto

/// The SHA-256 of canonical bytes, written `sha256:<64 lower-case hex digits>`.
public struct Digest: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The 32 bytes as numbers, the first byte the most significant: compared and hashed without text.
  private let words: Words

  /// The 64 hexadecimal digits.
  public var hex: String {
    String(unsafeUninitializedCapacity: 64) { digits in
      for place in 0..<64 {
        let digit = UInt8(truncatingIfNeeded: words[place / 16] >> (60 - 4 * (place % 16))) & 15
        digits[place] = digit + (digit < 10 ? 0x30 : 0x57)
      }
      return 64
    }
  }

  /// The 32 bytes.
  public var bytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { bytes, count in
      for place in 0..<32 {
        bytes[place] = UInt8(truncatingIfNeeded: words[place / 8] >> (56 - 8 * (place % 8)))
      }
      count = 32
    }
  }

  /// Parses `sha256:<64 hex>`.
  ///
  /// - Throws: `CoreError.malformedDigest`.
  public init(_ text: String) throws(CoreError) {
    guard text.hasPrefix("sha256:"), let digest = Digest(hex: String(text.dropFirst(7))) else {
      throw .malformedDigest(text)
    }
    self = digest
  }

  /// Takes 64 lower-case hexadecimal digits; nil for anything else.
  public init?(hex: String) {
    var words = Words()
    var count = 0
    for digit in hex.utf8 {
      guard count < 64, let value = Digest.value(of: digit) else { return nil }
      words[count / 16] = words[count / 16] << 4 | UInt64(value)
      count += 1
    }
    guard count == 64 else { return nil }
    self.words = words
  }

  /// The digest of some bytes.
  public init(of bytes: some Sequence<UInt8>) {
    var hasher = Hasher()
    hasher.update(Array(bytes))
    self = hasher.finish()
  }

  /// The digest of a value's canonical text.
  public init(of value: JSONValue) { self.init(of: value.canonicalBytes) }

  fileprivate init(_ digest: SHA256.Digest) {
    words = digest.withUnsafeBytes { bytes in
      var words = Words()
      for word in 0..<4 {
        words[word] = UInt64(
          bigEndian: bytes.loadUnaligned(fromByteOffset: 8 * word, as: UInt64.self))
      }
      return words
    }
  }

  public var description: String { "sha256:\(hex)" }

  /// The first 12 hexadecimal digits, for tables.
  public var short: String { String(hex.prefix(12)) }

  /// In the order of the digits.
  public static func < (left: Digest, right: Digest) -> Bool {
    for word in 0..<4 where left.words[word] != right.words[word] {
      return left.words[word] < right.words[word]
    }
    return false
  }

  static func isHex(_ byte: UInt8) -> Bool { value(of: byte) != nil }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x61...0x66: digit - 0x57
    default: nil
    }
  }

  /// Four numbers, and no SIMD vector: values of an alignment beyond 16 bytes upset the memory that
  /// asynchronous functions have (Swift 6.3).
  private struct Words: Hashable {
    private var first: UInt64 = 0
    private var second: UInt64 = 0
    private var third: UInt64 = 0
    private var fourth: UInt64 = 0

    subscript(place: Int) -> UInt64 {
      get {
        switch place {
        case 0: first
        case 1: second
        case 2: third
        default: fourth
        }
      }
      set {
        switch place {
        case 0: first = newValue
        case 1: second = newValue
        case 2: third = newValue
        default: fourth = newValue
        }
      }
    }
  }

  /// Computes a digest of bytes that arrive in pieces.
  public struct Hasher: Sendable {
    private var state = SHA256()

    public init() {}

    /// Takes the next bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
      state.update(bufferPointer: bytes)
    }

    /// Takes the next bytes.
    public mutating func update(_ bytes: [UInt8]) {
      bytes.withUnsafeBytes { state.update(bufferPointer: $0) }
    }

    /// The digest of everything taken so far.
    public func finish() -> Digest { Digest(state.finalize()) }
  }
}
