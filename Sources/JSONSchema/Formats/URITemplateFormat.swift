/// URI templates (RFC 6570, section 2).
enum URITemplateFormat {
  static func admits(_ text: String) -> Bool {
    var rest = Array(text.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "{":
        guard let end = rest.firstIndex(of: "}"), isExpression(rest[..<end]) else { return false }
        rest = rest[(end + 1)...]
      case "%":
        guard takesEscape(&rest) else { return false }
      case " ", "\"", "<", ">", "\\", "^", "`", "|", "}": return false
      case _ where scalar.isASCII:
        if scalar.value < 0x20 || scalar.value == 0x7F { return false }
      default:
        guard scalar.isIRICharacter || scalar.isIRIPrivateCharacter else { return false }
      }
    }
    return true
  }

  /// An operator and variables with modifiers.
  private static func isExpression(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
    var text = text
    if let first = text.first, "+#./;?&=,!@|".unicodeScalars.contains(first) { text.removeFirst() }
    return text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy(isVariable)
  }

  private static func isVariable(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
    var name = text
    if name.last == "*" {
      name = name.dropLast()
    } else if let colon = name.firstIndex(of: ":") {
      let length = name[(colon + 1)...]
      guard (1...4).contains(length.count), length.first != "0",
        length.allSatisfy({ $0.isASCII && UInt8($0.value).isDigit })
      else { return false }
      name = name[..<colon]
    }
    return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isNamePart)
  }

  private static func isNamePart(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
    var rest = text
    while let scalar = rest.popFirst() {
      guard scalar.isASCII else { return false }
      let byte = UInt8(scalar.value)
      guard scalar == "%" ? takesEscape(&rest) : byte.isLetter || byte.isDigit || scalar == "_"
      else { return false }
    }
    return !text.isEmpty
  }

  /// Takes the two digits that follow a percent sign.
  private static func takesEscape(_ rest: inout ArraySlice<Unicode.Scalar>) -> Bool {
    guard rest.count >= 2,
      rest.prefix(2).allSatisfy({ $0.isASCII && UInt8($0.value).isHexDigit })
    else { return false }
    rest = rest.dropFirst(2)
    return true
  }
}
