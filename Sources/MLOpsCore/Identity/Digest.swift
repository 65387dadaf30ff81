public import JSON
import Crypto

/// The SHA-256 of canonical bytes, written `sha256:<64 lower-case hex digits>`.
public struct Digest: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The 64 hexadecimal digits.
  public let hex: String

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
    guard hex.utf8.count == 64, hex.utf8.allSatisfy(Digest.isHex) else { return nil }
    self.hex = hex
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
    var hex = ""
    hex.reserveCapacity(64)
    for byte in digest {
      hex.append(Digest.digits[Int(byte >> 4)])
      hex.append(Digest.digits[Int(byte & 15)])
    }
    self.hex = hex
  }

  public var description: String { "sha256:\(hex)" }

  /// The first 12 hexadecimal digits, for tables.
  public var short: String { String(hex.prefix(12)) }

  public static func < (left: Digest, right: Digest) -> Bool { left.hex < right.hex }

  static func isHex(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
  }

  private static let digits = Array("0123456789abcdef")

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
