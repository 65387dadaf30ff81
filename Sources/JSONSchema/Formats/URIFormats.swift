/// URIs (RFC 3986, appendix A) and IRIs (RFC 3987, section 2.2), with and without scheme.
struct URIFormats {
  let isInternational: Bool

  private typealias Text = ArraySlice<Unicode.Scalar>

  func isAbsolute(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    guard let colon = scalars.firstIndex(of: ":"), isScheme(scalars[..<colon]) else { return false }
    return isHierarchy(scalars[(colon + 1)...], mayHaveColonFirst: true)
  }

  func isReference(_ text: String) -> Bool {
    isAbsolute(text) || isHierarchy(Array(text.unicodeScalars)[...], mayHaveColonFirst: false)
  }

  private func isScheme(_ text: Text) -> Bool {
    guard let first = text.first, first.isASCII, UInt8(first.value).isLetter else { return false }
    return text.allSatisfy { isOneOf($0, "+-.") || isAlphanumeric($0) }
  }

  /// What follows the scheme: authority, path, query and fragment.
  private func isHierarchy(_ text: Text, mayHaveColonFirst: Bool) -> Bool {
    var rest = text
    if let hash = rest.firstIndex(of: "#") {
      guard isMade(rest[(hash + 1)...], of: ":@/?") else { return false }
      rest = rest[..<hash]
    }
    if let mark = rest.firstIndex(of: "?") {
      guard isMade(rest[(mark + 1)...], of: ":@/?", admitsPrivate: true) else { return false }
      rest = rest[..<mark]
    }
    if rest.starts(with: ["/", "/"]) {
      let tail = rest.dropFirst(2)
      let slash = tail.firstIndex(of: "/") ?? tail.endIndex
      return isAuthority(tail[..<slash]) && isMade(tail[slash...], of: ":@/")
    }
    guard isMade(rest, of: ":@/") else { return false }
    return mayHaveColonFirst || !rest.prefix { $0 != "/" }.contains(":")
  }

  private func isAuthority(_ text: Text) -> Bool {
    var rest = text
    if let at = rest.lastIndex(of: "@") {
      guard isMade(rest[..<at], of: ":") else { return false }
      rest = rest[(at + 1)...]
    }
    if rest.first == "[" {
      guard let end = rest.firstIndex(of: "]"),
        isLiteral(rest[rest.index(after: rest.startIndex)..<end])
      else { return false }
      rest = rest[(end + 1)...]
    } else {
      let end = rest.firstIndex(of: ":") ?? rest.endIndex
      guard isMade(rest[..<end], of: "") else { return false }
      rest = rest[end...]
    }
    guard let colon = rest.first else { return true }
    return colon == ":"
      && rest.dropFirst().allSatisfy { $0.isASCII && UInt8($0.value).isDigit }
  }

  /// An address in brackets: IPv6, or a future version as `v1.…`.
  private func isLiteral(_ text: Text) -> Bool {
    guard text.allSatisfy(\.isASCII) else { return false }
    let bytes = text.map { UInt8($0.value) }
    guard let first = bytes.first, first | 0x20 == UInt8(ascii: "v") else {
      return AddressFormats.isIPv6(bytes[...])
    }
    let version = bytes.dropFirst().prefix(while: \.isHexDigit)
    let rest = text.dropFirst(1 + version.count)
    return !version.isEmpty && rest.first == "." && rest.count > 1
      && rest.allSatisfy { isOneOf($0, ":-._~!$&'()*+,;=") || isAlphanumeric($0) }
  }

  /// Whether a text is made of unreserved characters, sub-delimiters, percent escapes and some more.
  private func isMade(_ text: Text, of more: String, admitsPrivate: Bool = false) -> Bool {
    var index = text.startIndex
    while index < text.endIndex {
      let scalar = text[index]
      if scalar == "%" {
        guard text.endIndex - index > 2,
          text[(index + 1)...(index + 2)].allSatisfy({ $0.isASCII && UInt8($0.value).isHexDigit })
        else { return false }
        index += 3
        continue
      }
      let isAdmitted =
        scalar.isASCII
        ? isAlphanumeric(scalar) || isOneOf(scalar, "-._~!$&'()*+,;=") || isOneOf(scalar, more)
        : isInternational
          && (scalar.isIRICharacter || (admitsPrivate && scalar.isIRIPrivateCharacter))
      guard isAdmitted else { return false }
      index += 1
    }
    return true
  }

  private func isOneOf(_ scalar: Unicode.Scalar, _ list: String) -> Bool {
    list.unicodeScalars.contains(scalar)
  }

  private func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII && (UInt8(scalar.value).isLetter || UInt8(scalar.value).isDigit)
  }
}

extension Unicode.Scalar {
  /// `ucschar` of RFC 3987.
  var isIRICharacter: Bool {
    switch value {
    case 0xA0...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFFEF: true
    case 0x10000...0xDFFFF: value & 0xFFFF <= 0xFFFD
    case 0xE1000...0xEFFFD: true
    default: false
    }
  }

  /// `iprivate` of RFC 3987.
  var isIRIPrivateCharacter: Bool {
    switch value {
    case 0xE000...0xF8FF, 0xF0000...0xFFFFD, 0x100000...0x10FFFD: true
    default: false
    }
  }
}
