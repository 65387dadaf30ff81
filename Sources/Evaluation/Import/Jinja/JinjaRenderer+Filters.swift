import Foundation

extension JinjaRenderer {
  private static let known = [
    "abs", "capitalize", "count", "d", "default", "dictsort", "first", "float", "int", "items",
    "join", "last", "length", "list", "lower", "replace", "reverse", "round", "sort", "string",
    "sum",
    "title", "tojson", "trim", "unique", "upper",
  ]

  mutating func filter(
    _ input: PythonValue, _ name: String, _ arguments: JinjaValues, at place: JinjaPlace
  ) throws(JinjaFault) -> PythonValue {
    if name == "default" || name == "d" {
      return try JinjaRenderer.orDefault(input, arguments)
    }
    let value = try usable(input, at: place)
    switch name {
    case "trim":
      let set = try arguments.text(0, "chars", of: "trim", at: place)
      return .string(PythonText.stripped(try text(value, at: place), of: set))
    case "upper": return .string(try text(value, at: place).uppercased())
    case "lower": return .string(try text(value, at: place).lowercased())
    case "capitalize": return .string(PythonText.capitalized(try text(value, at: place)))
    case "title": return .string(PythonText.titled(try text(value, at: place)))
    case "string": return .string(try text(value, at: place))
    case "replace":
      return try method(of: .string(try text(value, at: place)), name, arguments, at: place)
    case "length", "count": return .int(try count(of: value, at: place))
    case "tojson": return .string(try json(value, at: place))
    case "abs", "int", "float", "round":
      return try JinjaNumbers.filter(value, name, arguments, at: place)
    case "dictsort", "items":
      guard case .dict(let dict) = value else { throw place.fault("'\(name)' needs a mapping") }
      if name == "items" { return try method(of: value, name, arguments, at: place) }
      let sorted = try JinjaOrder.sorted(
        dict.pairs.map { .tuple([$0.key, $0.value]) }, by: .int(0), foldsCase: true, at: place)
      return .list(sorted)
    default: return try listFilter(value, name, arguments, at: place)
    }
  }

  private static func orDefault(_ value: PythonValue, _ arguments: JinjaValues) throws(JinjaFault)
    -> PythonValue
  {
    let other = arguments.value(0, "default_value") ?? .string("")
    if case .missing = value { return other }
    return arguments.value(1, "boolean")?.isTrue == true && !value.isTrue ? other : value
  }

  private func count(of value: PythonValue, at place: JinjaPlace) throws(JinjaFault) -> Int {
    if let text = value.string { return text.unicodeScalars.count }
    if case .dict(let dict) = value { return dict.pairs.count }
    guard let elements = value.elements else {
      throw place.fault("a value of the type \(value.typeName) has no length")
    }
    return elements.count
  }

  private mutating func listFilter(
    _ value: PythonValue, _ name: String, _ arguments: JinjaValues, at place: JinjaPlace
  ) throws(JinjaFault) -> PythonValue {
    guard JinjaRenderer.known.contains(name) else {
      throw place.fault(
        "the filter '\(name)' is not understood (known: \(JinjaRenderer.known.joined(separator: ", ")))"
      )
    }
    let elements = try self.elements(of: value, at: place)
    try spend(elements.count, at: place)
    let missing = PythonValue.missing("an empty list has no first or last element")
    switch name {
    case "list": return .list(elements)
    case "first": return elements.first ?? missing
    case "last": return elements.last ?? missing
    case "reverse":
      guard value.string == nil else {
        return .string(elements.reversed().compactMap(\.string).joined())
      }
      return .list(elements.reversed())
    case "join":
      let mark = try arguments.text(0, "d", of: "join", at: place) ?? ""
      let attribute = arguments.value(1, "attribute")
      var texts: [String] = []
      for element in elements {
        let part = try JinjaOrder.part(of: element, attribute, at: place)
        texts.append(try text(try usable(part, at: place), at: place))
      }
      return .string(try bounded(texts.joined(separator: mark), at: place))
    case "unique": return .list(try JinjaOrder.unique(elements, arguments, at: place))
    case "sort":
      return .list(
        try JinjaOrder.sorted(
          elements, by: arguments.value(2, "attribute"),
          foldsCase: arguments.value(1, "case_sensitive")?.isTrue != true,
          isDown: arguments.value(0, "reverse")?.isTrue == true, at: place))
    default:
      var total = PythonValue.int(0)
      for element in elements {
        let part = try JinjaOrder.part(of: element, arguments.value(0, "attribute"), at: place)
        total = try JinjaArithmetic.binary("+", total, part, at: place)
      }
      return total
    }
  }

  /// As `json.dumps` with sorted names, and the marks of HTML and apostrophes escaped, as Jinja does.
  private func json(_ value: PythonValue, at place: JinjaPlace) throws(JinjaFault) -> String {
    let text = try JinjaNumbers.json(value, at: place)
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": result += "\\u003c".unicodeScalars
      case ">": result += "\\u003e".unicodeScalars
      case "&": result += "\\u0026".unicodeScalars
      case "'": result += "\\u0027".unicodeScalars
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}
