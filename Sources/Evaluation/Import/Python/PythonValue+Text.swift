extension PythonValue {
  /// `str(value)`.
  var text: String { if case .string(let text) = self { text } else { repr } }

  /// `repr(value)`.
  var repr: String {
    switch self {
    case .none: "None"
    case .missing: "Undefined"
    case .bool(let flag): flag ? "True" : "False"
    case .int(let value): String(value)
    case .float(let value): PythonValue.repr(value)
    case .string(let text): PythonValue.repr(text)
    case .list(let elements): "[" + elements.map(\.repr).joined(separator: ", ") + "]"
    case .tuple(let elements):
      "(" + elements.map(\.repr).joined(separator: ", ") + (elements.count == 1 ? ",)" : ")")
    case .dict(let dict):
      "{" + dict.pairs.map { "\($0.key.repr): \($0.value.repr)" }.joined(separator: ", ") + "}"
    }
  }

  /// Shortest digits; with an exponent below 1e-4 and from 1e16 on.
  private static func repr(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    let plain = value.description
    guard abs(value) >= 1e16, !plain.contains("e") else { return plain }
    // Swift writes a few more magnitudes without exponent.
    var digits = plain.filter(\.isNumber)
    digits.removeLast()
    let exponent = digits.count - 1
    while digits.count > 1, digits.last == "0" { digits.removeLast() }
    let rest = digits.dropFirst()
    return (value < 0 ? "-" : "") + digits.prefix(1) + (rest.isEmpty ? "" : ".\(rest)")
      + "e+\(exponent)"
  }

  private static func repr(_ text: String) -> String {
    let scalars = text.unicodeScalars
    let quote: Unicode.Scalar = scalars.contains("'") && !scalars.contains("\"") ? "\"" : "'"
    var result = String.UnicodeScalarView([quote])
    for scalar in scalars {
      switch scalar {
      case quote, "\\":
        result.append("\\")
        result.append(scalar)
      case "\n": result += "\\n".unicodeScalars
      case "\r": result += "\\r".unicodeScalars
      case "\t": result += "\\t".unicodeScalars
      default:
        if isPrintable(scalar) {
          result.append(scalar)
        } else {
          result += escape(scalar).unicodeScalars
        }
      }
    }
    result.append(quote)
    return String(result)
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    let (mark, width) =
      scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
    return "\\" + mark + String(repeating: "0", count: width - digits.count) + digits
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == " " { return true }
    return switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .spaceSeparator:
      false
    default: true
    }
  }
}
