/// `is …`.
enum JinjaTests {
  static func isTrue(
    _ value: PythonValue, _ name: String, _ arguments: [PythonValue], at place: JinjaPlace
  ) throws(JinjaFault) -> Bool {
    var isMissing = false
    if case .missing(let reason) = value {
      isMissing = true
      guard ["defined", "undefined"].contains(name) else { throw place.fault(reason) }
    }
    switch name {
    case "defined": return !isMissing
    case "undefined": return isMissing
    case "none": return value == .none
    case "string": return value.string != nil
    case "boolean": if case .bool = value { return true } else { return false }
    case "true": if case .bool(true) = value { return true } else { return false }
    case "false": if case .bool(false) = value { return true } else { return false }
    case "number": return value.number != nil
    case "integer": if case .int = value { return true } else { return false }
    case "float": if case .float = value { return true } else { return false }
    case "mapping": if case .dict = value { return true } else { return false }
    case "sequence", "iterable":
      if case .dict = value { return true }
      return value.string != nil || value.elements != nil
    case "odd", "even":
      guard let number = value.int else { throw place.fault("'\(name)' asks of a whole number") }
      return (number % 2 != 0) == (name == "odd")
    case "lower": return value.text == value.text.lowercased() && hasCase(value.text)
    case "upper": return value.text == value.text.uppercased() && hasCase(value.text)
    default: return try compared(value, name, arguments, at: place)
    }
  }

  private static let signs = [
    "equalto": "==", "eq": "==", "ne": "!=", "lt": "<", "lessthan": "<", "le": "<=", "gt": ">",
    "greaterthan": ">", "ge": ">=", "in": "in",
  ]

  private static func compared(
    _ value: PythonValue, _ name: String, _ arguments: [PythonValue], at place: JinjaPlace
  ) throws(JinjaFault) -> Bool {
    if name == "divisibleby", let a = value.int, let b = arguments.first?.int, b != 0 {
      return a.isMultiple(of: b)
    }
    guard let sign = signs[name] else {
      throw place.fault(
        "the test 'is \(name)' is not understood (known: defined, undefined, none, string, number, "
          + "integer, float, boolean, true, false, mapping, sequence, iterable, odd, even, lower, upper, "
          + "divisibleby, in, eq, ne, lt, le, gt, ge)")
    }
    guard let other = arguments.first else { throw place.fault("'is \(name)' needs a value") }
    return try JinjaArithmetic.compare(sign, value, other, at: place)
  }

  private static func hasCase(_ text: String) -> Bool {
    text.unicodeScalars.contains { $0.properties.isCased }
  }
}
