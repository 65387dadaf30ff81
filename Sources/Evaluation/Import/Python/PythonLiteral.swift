/// Reads a literal of Python, as `ast.literal_eval` does: texts, numbers, lists, tuples, mappings,
/// `True`, `False` and `None`.
struct PythonLiteral {
  /// Why a text is no literal; a clause without a full stop.
  struct Fault: Error, Equatable { let reason: String }

  private let scalars: [Unicode.Scalar]
  private var position = 0
  /// How deep brackets may be nested.
  static let depth = 64

  static func value(of text: String) throws(Fault) -> PythonValue {
    // Python takes spaces and tabs before an expression for nothing.
    var reader = PythonLiteral(
      scalars: Array(PythonText.stripped(text, .left, of: " \t").unicodeScalars))
    let value = try reader.tuple(0)
    reader.skipSpace()
    guard reader.position == reader.scalars.count else {
      throw Fault(reason: "it goes on behind its end")
    }
    return value
  }

  private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

  private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private mutating func skipSpace() {
    while let scalar = next, " \t\n\r\u{0C}".unicodeScalars.contains(scalar) { position += 1 }
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == scalar else { return false }
    position += 1
    return true
  }

  /// A value, or several with commas between them, which are a tuple without brackets.
  private mutating func tuple(_ level: Int) throws(Fault) -> PythonValue {
    let first = try value(level)
    guard take(",") else { return first }
    var elements = [first]
    skipSpace()
    while let scalar = next, scalar != ")" {
      elements.append(try value(level))
      guard take(",") else { break }
      skipSpace()
    }
    return .tuple(elements)
  }

  private mutating func value(_ level: Int) throws(Fault) -> PythonValue {
    guard level < PythonLiteral.depth else { throw Fault(reason: "it is nested too deep") }
    skipSpace()
    guard let scalar = next else { throw Fault(reason: "it ends too early") }
    switch scalar {
    case "[":
      position += 1
      return .list(try elements(until: "]", level + 1))
    case "(":
      position += 1
      if take(")") { return .tuple([]) }
      let value = try tuple(level + 1)
      guard take(")") else { throw Fault(reason: "a bracket is not closed") }
      return value
    case "{":
      position += 1
      return .dict(try pairs(level + 1))
    case "'", "\"": return .string(try strings())
    default: return try word()
    }
  }

  private mutating func elements(until end: Unicode.Scalar, _ level: Int) throws(Fault)
    -> [PythonValue]
  {
    var elements: [PythonValue] = []
    while !take(end) {
      elements.append(try value(level))
      if take(",") { continue }
      guard take(end) else { throw Fault(reason: "a comma or a bracket is missing") }
      break
    }
    return elements
  }

  private mutating func pairs(_ level: Int) throws(Fault) -> PythonDict {
    var dict = PythonDict()
    while !take("}") {
      let key = try value(level)
      guard take(":") else { throw Fault(reason: "a colon is missing") }
      dict.set(key, try value(level))
      if take(",") { continue }
      guard take("}") else { throw Fault(reason: "a comma or a bracket is missing") }
      break
    }
    return dict
  }

  /// Texts side by side are one.
  private mutating func strings() throws(Fault) -> String {
    var text = ""
    while let quote = next, quote == "'" || quote == "\"" {
      position += 1
      let start = position
      while let scalar = next, scalar != quote {
        guard scalar != "\n" else { throw Fault(reason: "a text is not closed on its line") }
        position += scalar == "\\" ? 2 : 1
      }
      guard next == quote else { throw Fault(reason: "a text is not closed") }
      text += try PythonLiteral.unescaped(scalars[start..<position])
      position += 1
      skipSpace()
    }
    return text
  }

  private mutating func word() throws(Fault) -> PythonValue {
    let start = position
    while let scalar = next, !" \t\n\r,:()[]{}'\"".unicodeScalars.contains(scalar) { position += 1 }
    let word = PythonText.text(scalars[start..<position])
    switch word {
    case "None": return .none
    case "True": return .bool(true)
    case "False": return .bool(false)
    default:
      guard let number = PythonLiteral.number(word) else {
        throw Fault(reason: "'\(word.prefix(40))' is no literal")
      }
      return number
    }
  }

  /// A number with or without sign; nil where the text is none, or beyond 64 bits.
  static func number(_ word: String) -> PythonValue? {
    let digits = word.drop { "+-".contains($0) }
    guard word.count - digits.count <= 1, digits.allSatisfy(\.isASCII),
      digits.first?.isNumber == true || digits.hasPrefix(".")
    else { return nil }
    let plain = word.filter { $0 != "_" }
    if digits.allSatisfy({ $0.isNumber || $0 == "_" }) {
      guard digits.first != "0" || digits.allSatisfy({ $0 == "0" || $0 == "_" }) else { return nil }
      return Int(plain).map { .int($0) }
    }
    guard plain.allSatisfy({ $0.isNumber || "+-.eE".contains($0) }) else { return nil }
    return Double(plain).map { .float($0) }
  }
}
