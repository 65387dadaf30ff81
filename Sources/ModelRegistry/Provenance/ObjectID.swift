import CGit2

/// The SHA-1 that names an object in git: 20 bytes.
struct ObjectID: Sendable, Hashable, CustomStringConvertible {
  static let byteCount = 20

  private let first: UInt64
  private let second: UInt64
  private let third: UInt32

  init(_ raw: git_oid) {
    self = withUnsafeBytes(of: raw.id) { ObjectID($0) }
  }

  /// Takes the first 20 of some bytes; the caller has checked that there are as many.
  init(_ bytes: UnsafeRawBufferPointer) {
    first = bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
    second = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    third = bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
  }

  /// Takes 40 hexadecimal digits; nil for anything else.
  init?(hex: some StringProtocol) {
    var raw = git_oid()
    let text = String(hex)
    guard text.utf8.count == 40, git_oid_fromstr(&raw, text) == 0 else { return nil }
    self.init(raw)
  }

  /// The name that git gives to an object with these bytes.
  init(of bytes: [UInt8], kind: git_object_t) {
    var raw = git_oid()
    _ = bytes.withUnsafeBytes { git_odb_hash(&raw, $0.baseAddress, $0.count, kind) }
    self.init(raw)
  }

  var raw: git_oid {
    var raw = git_oid()
    withUnsafeMutableBytes(of: &raw.id) { bytes in
      bytes.storeBytes(of: first, toByteOffset: 0, as: UInt64.self)
      bytes.storeBytes(of: second, toByteOffset: 8, as: UInt64.self)
      bytes.storeBytes(of: third, toByteOffset: 16, as: UInt32.self)
    }
    return raw
  }

  func append(to bytes: inout [UInt8]) {
    withUnsafeBytes(of: raw.id) { bytes.append(contentsOf: $0) }
  }

  /// The 40 hexadecimal digits.
  var description: String {
    let digits = Array("0123456789abcdef".utf8)
    return withUnsafeBytes(of: raw.id) { bytes in
      var text: [UInt8] = []
      text.reserveCapacity(40)
      for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
      }
      return String(decoding: text, as: UTF8.self)
    }
  }
}
