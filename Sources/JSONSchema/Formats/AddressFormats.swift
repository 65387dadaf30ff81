/// Addresses of the Internet Protocol.
enum AddressFormats {
  /// Four decimal numbers of at most 255 without leading zeros (RFC 2673, section 3.2).
  static func isIPv4(_ bytes: ArraySlice<UInt8>) -> Bool {
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        guard (1...3).contains(part.count), part.allSatisfy(\.isDigit) else { return false }
        let value = part.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return value <= 255 && (part.count == 1 || part.first != UInt8(ascii: "0"))
      }
  }

  /// Eight groups of hexadecimal digits, one run of zeros left out, the last two perhaps as IPv4
  /// (RFC 4291, section 2.2).
  static func isIPv6(_ bytes: ArraySlice<UInt8>) -> Bool {
    let colon = UInt8(ascii: ":")
    var groups = bytes.split(separator: colon, omittingEmptySubsequences: false)
    guard groups.count >= 3 else { return false }
    // A colon at either end is only right as half of a double one.
    var gaps = 0
    if groups[0].isEmpty {
      guard groups[1].isEmpty else { return false }
      groups.removeFirst()
    }
    if let last = groups.last, last.isEmpty {
      guard groups.count >= 2, groups[groups.count - 2].isEmpty else { return false }
      groups.removeLast()
    }
    var count = 0
    for (index, group) in groups.enumerated() {
      if group.isEmpty {
        gaps += 1
      } else if index == groups.count - 1, group.contains(UInt8(ascii: ".")) {
        guard isIPv4(group) else { return false }
        count += 2
      } else {
        guard group.count <= 4, group.allSatisfy(\.isHexDigit) else { return false }
        count += 1
      }
    }
    return gaps == 0 ? count == 8 : gaps == 1 && count <= 7
  }
}
