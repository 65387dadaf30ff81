/// E-mail addresses: `Mailbox` of RFC 5321, section 4.1.2, and of RFC 6531, section 3.3.
enum EmailFormats {
  static func isEmail(_ text: String, isInternational: Bool) -> Bool {
    let scalars = Array(text.unicodeScalars)
    guard let at = scalars.lastIndex(of: "@") else { return false }
    return isLocalPart(scalars[..<at], isInternational)
      && isDomain(scalars[(at + 1)...], isInternational)
  }

  private static func isLocalPart(_ part: ArraySlice<Unicode.Scalar>, _ isInternational: Bool)
    -> Bool
  {
    guard part.reduce(0, { $0 + UTF8.width($1) }) <= 64 else { return false }
    if part.first == "\"" { return isQuoted(part, isInternational) }
    return part.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
      !atom.isEmpty
        && atom.allSatisfy { scalar in
          scalar.isASCII ? isAtomText(scalar) : isInternational
        }
    }
  }

  /// Text in quotes, in which a backslash lets any printable character stand.
  private static func isQuoted(_ part: ArraySlice<Unicode.Scalar>, _ isInternational: Bool) -> Bool
  {
    guard part.count > 2, part.last == "\"" else { return false }
    var isEscaped = false
    for scalar in part.dropFirst().dropLast() {
      guard scalar.isASCII ? (32...126).contains(scalar.value) : isInternational else {
        return false
      }
      if !isEscaped, scalar == "\"" { return false }
      isEscaped = !isEscaped && scalar == "\\"
    }
    return !isEscaped
  }

  private static func isDomain(_ part: ArraySlice<Unicode.Scalar>, _ isInternational: Bool) -> Bool
  {
    if part.first == "[", part.last == "]" {
      let address = Array(String(String.UnicodeScalarView(part.dropFirst().dropLast())).utf8)
      let tag = Array("ipv6:".utf8)
      return address.prefix(5).map({ $0 | 0x20 }).elementsEqual(tag.map { $0 | 0x20 })
        ? AddressFormats.isIPv6(address.dropFirst(5)) : AddressFormats.isIPv4(address[...])
    }
    return part.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
      (1...63).contains(label.count) && label.first != "-" && label.last != "-"
        && label.allSatisfy { scalar in
          scalar.isASCII
            ? scalar == "-" || UInt8(scalar.value).isLetter || UInt8(scalar.value).isDigit
            : isInternational
        }
    }
  }

  private static func isAtomText(_ scalar: Unicode.Scalar) -> Bool {
    let byte = UInt8(truncatingIfNeeded: scalar.value)
    return byte.isLetter || byte.isDigit || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
  }
}
