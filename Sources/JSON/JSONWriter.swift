extension JSONValue {
  /// The canonical text: members sorted by the bytes of their names, no spaces, shortest escapes,
  /// one spelling for each number. Equal values have equal canonical texts.
  public var canonical: String {
    var writer = JSONWriter(indent: nil)
    writer.write(self)
    return writer.text
  }

  /// The canonical text's UTF-8 bytes, which digests are taken of.
  public var canonicalBytes: [UInt8] { Array(canonical.utf8) }

  /// The text for people: like `canonical`, but indented by two spaces.
  public var pretty: String {
    var writer = JSONWriter(indent: 2)
    writer.write(self)
    return writer.text
  }
}

struct JSONWriter {
  private(set) var text = ""
  private let indent: Int?
  private var level = 0

  init(indent: Int?) { self.indent = indent }

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: text += "null"
    case .bool(let bool): text += bool ? "true" : "false"
    case .number(let number): text += number.canonical
    case .string(let string): write(string)
    case .array(let elements):
      list("[", "]", elements) { writer, element in writer.write(element) }
    case .object(let members):
      let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      list("{", "}", sorted) { writer, member in
        writer.write(member.key)
        writer.text += writer.indent == nil ? ":" : ": "
        writer.write(member.value)
      }
    }
  }

  private mutating func list<Element>(
    _ open: String, _ close: String, _ elements: [Element],
    _ body: (inout JSONWriter, Element) -> Void
  ) {
    text += open
    level += 1
    for (index, element) in elements.enumerated() {
      if index > 0 { text += "," }
      newline()
      body(&self, element)
    }
    level -= 1
    if !elements.isEmpty { newline() }
    text += close
  }

  private mutating func newline() {
    guard let indent else { return }
    text += "\n" + String(repeating: " ", count: indent * level)
  }

  private mutating func write(_ string: String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{08}": text += "\\b"
      case "\u{0C}": text += "\\f"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
