import JSON

/// Labels as a grammar in GBNF: one of them as it stands, or as a JSON string.
struct LabelGrammar {
  let labels: [String]

  var text: String {
    let forms = labels.flatMap { [$0, JSONValue.string($0).canonical] }
    return "root ::= " + forms.map(LabelGrammar.literal).joined(separator: " | ") + "\n"
  }

  /// A text in quotes.
  private static func literal(_ text: String) -> String {
    var literal = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": literal += "\\\""
      case "\\": literal += "\\\\"
      case "\n": literal += "\\n"
      case "\r": literal += "\\r"
      case "\t": literal += "\\t"
      default: literal.unicodeScalars.append(scalar)
      }
    }
    return literal + "\""
  }
}
