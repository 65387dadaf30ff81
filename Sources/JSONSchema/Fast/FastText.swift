/// Reading and comparing short texts in words. All pointers may be read 16 bytes past the end.
enum FastBytes {
  @inline(__always)
  static func word(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
    UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self)
  }

  /// The first `length` bytes (0…8) as a word, the others 0.
  @inline(__always)
  static func head(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> UInt64 {
    length >= 8 ? word(bytes) : word(bytes) & ((1 &<< UInt64(length &* 8)) &- 1)
  }

  @inline(__always)
  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  @inline(__always)
  static func areEqual(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ length: Int)
    -> Bool
  {
    var index = 0
    while index &+ 8 <= length {
      if word(left + index) != word(right + index) { return false }
      index &+= 8
    }
    let rest = length &- index
    return rest == 0 || head(left + index, rest) == head(right + index, rest)
  }

  @inline(__always)
  static func hash(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> UInt64 {
    var hash = UInt64(truncatingIfNeeded: length) &* 0x9E37_79B9_7F4A_7C15
    var index = 0
    while index &+ 8 <= length {
      hash = mixed(hash ^ word(bytes + index))
      index &+= 8
    }
    let rest = length &- index
    return rest == 0 ? mixed(hash) : mixed(hash ^ head(bytes + index, rest))
  }

  @inline(__always)
  static func mixed(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    return product.high ^ product.low
  }

  /// Code points of valid UTF-8.
  @inline(__always)
  static func codePoints(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> Int {
    var continuations = 0
    var index = 0
    while index &+ 8 <= length {
      let word = word(bytes + index)
      // 10xxxxxx: the high bit set and the next one not.
      let marks = (word &>> 7) & ~(word &>> 6) & 0x0101_0101_0101_0101
      continuations &+= marks.nonzeroBitCount
      index &+= 8
    }
    while index < length {
      if bytes[index] & 0xC0 == 0x80 { continuations &+= 1 }
      index &+= 1
    }
    return length &- continuations
  }
}
