extension PythonLiteral {
  private static let short: [Unicode.Scalar: Unicode.Scalar] = [
    "n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", "\"": "\"", "a": "\u{07}",
    "b": "\u{08}", "f": "\u{0C}", "v": "\u{0B}",
  ]

  /// The text between quotes with its escapes resolved; unknown ones stay as they are written.
  static func unescaped(_ scalars: some Collection<Unicode.Scalar>) throws(Fault) -> String {
    var result = String.UnicodeScalarView()
    var rest = Array(scalars)[...]
    while let scalar = rest.popFirst() {
      guard scalar == "\\", let mark = rest.popFirst() else {
        result.append(scalar)
        continue
      }
      if let plain = short[mark] {
        result.append(plain)
      } else if mark == "\n" {
        continue
      } else if let width = ["x": 2, "u": 4, "U": 8][mark] as Int? {
        result.append(try scalar16(&rest, width))
      } else if ("0"..."7").contains(mark) {
        var digits = String(mark)
        while digits.count < 3, let digit = rest.first, ("0"..."7").contains(digit) {
          digits.unicodeScalars.append(digit)
          rest.removeFirst()
        }
        if let value = UInt32(digits, radix: 8), let scalar = Unicode.Scalar(value) {
          result.append(scalar)
        }
      } else {
        result.append("\\")
        result.append(mark)
      }
    }
    return String(result)
  }

  private static func scalar16(_ rest: inout ArraySlice<Unicode.Scalar>, _ width: Int)
    throws(Fault) -> Unicode.Scalar
  {
    let digits = PythonText.text(rest.prefix(width))
    rest = rest.dropFirst(width)
    guard digits.utf8.count == width, digits.allSatisfy(\.isHexDigit),
      let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value)
    else { throw Fault(reason: "'\(digits)' is no character's number") }
    return scalar
  }
}
