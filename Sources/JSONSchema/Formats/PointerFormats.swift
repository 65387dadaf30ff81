/// JSON Pointers (RFC 6901) and relative ones (draft-handrews-relative-json-pointer-01).
enum PointerFormats {
  static func isPointer(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let first = bytes.first else { return true }
    guard first == UInt8(ascii: "/") else { return false }
    var previous: UInt8 = 0
    for byte in bytes {
      if previous == UInt8(ascii: "~"), byte != UInt8(ascii: "0"), byte != UInt8(ascii: "1") {
        return false
      }
      previous = byte
    }
    return previous != UInt8(ascii: "~")
  }

  /// How many levels up, and then `#` or a pointer.
  static func isRelativePointer(_ bytes: [UInt8]) -> Bool {
    let digits = bytes.prefix(while: \.isDigit)
    guard let first = digits.first, digits.count == 1 || first != UInt8(ascii: "0") else {
      return false
    }
    let rest = bytes.dropFirst(digits.count)
    return rest.elementsEqual([UInt8(ascii: "#")]) || isPointer(rest)
  }
}
