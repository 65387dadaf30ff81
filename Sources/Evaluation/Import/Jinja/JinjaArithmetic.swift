import Foundation

/// Operators, with Python's meanings, within 64 bits and bounded sizes.
enum JinjaArithmetic {
  static func binary(_ sign: String, _ a: PythonValue, _ b: PythonValue, at place: JinjaPlace)
    throws(JinjaFault) -> PythonValue
  {
    if sign == "+", let joined = try joined(a, b, at: place) { return joined }
    if sign == "*", let repeated = try repeated(a, b, at: place) { return repeated }
    if let left = a.int, let right = b.int, sign != "/" {
      if let result = try whole(sign, left, right, at: place) { return .int(result) }
    }
    guard let left = a.number, let right = b.number else {
      throw place.fault("'\(sign)' cannot join the types \(a.typeName) and \(b.typeName)")
    }
    if ["/", "//", "%"].contains(sign), right == 0 { throw place.fault("a division by zero") }
    switch sign {
    case "+": return .float(left + right)
    case "-": return .float(left - right)
    case "*": return .float(left * right)
    case "/": return .float(left / right)
    case "//": return .float((left / right).rounded(.down))
    case "%":
      let rest = left.truncatingRemainder(dividingBy: right)
      return .float(rest != 0 && (rest < 0) != (right < 0) ? rest + right : rest)
    default: return .float(pow(left, right))
    }
  }

  private static func joined(_ a: PythonValue, _ b: PythonValue, at place: JinjaPlace)
    throws(JinjaFault) -> PythonValue?
  {
    switch (a, b) {
    case (.string(let left), .string(let right)):
      try check(left.utf8.count + right.utf8.count, at: place)
      return .string(left + right)
    case (.list(let left), .list(let right)):
      try check(left.count + right.count, at: place)
      return .list(left + right)
    case (.tuple(let left), .tuple(let right)):
      try check(left.count + right.count, at: place)
      return .tuple(left + right)
    default: return nil
    }
  }

  private static func repeated(_ a: PythonValue, _ b: PythonValue, at place: JinjaPlace)
    throws(JinjaFault) -> PythonValue?
  {
    if a.int != nil, b.string != nil || b.elements != nil { return try repeated(b, a, at: place) }
    guard let count = b.int.map({ max($0, 0) }) else { return nil }
    func check(_ size: Int) throws(JinjaFault) {
      let (product, overflow) = size.multipliedReportingOverflow(by: count)
      try self.check(overflow ? Int.max : product, at: place)
    }
    switch a {
    case .string(let text):
      try check(text.utf8.count)
      return .string(text.isEmpty ? "" : String(repeating: text, count: count))
    case .list(let elements):
      try check(elements.count)
      return .list(elements.isEmpty ? [] : (0..<count).flatMap { _ in elements })
    case .tuple(let elements):
      try check(elements.count)
      return .tuple(elements.isEmpty ? [] : (0..<count).flatMap { _ in elements })
    default: return nil
    }
  }

  private static func check(_ size: Int, at place: JinjaPlace) throws(JinjaFault) {
    guard size <= JinjaLimits.size else {
      throw place.fault("a value becomes larger than \(JinjaLimits.size) elements")
    }
  }

  /// Nil where the result is no whole number.
  private static func whole(_ sign: String, _ a: Int, _ b: Int, at place: JinjaPlace)
    throws(JinjaFault) -> Int?
  {
    let (result, overflow): (Int, Bool)
    switch sign {
    case "+": (result, overflow) = a.addingReportingOverflow(b)
    case "-": (result, overflow) = a.subtractingReportingOverflow(b)
    case "*": (result, overflow) = a.multipliedReportingOverflow(by: b)
    case "//", "%":
      guard b != 0 else { throw place.fault("a division by zero") }
      let (quotient, first) = a.dividedReportingOverflow(by: b)
      let rest = first ? 0 : a % b
      let isBelow = rest != 0 && (rest < 0) != (b < 0)
      (result, overflow) =
        sign == "%"
        ? (isBelow ? rest + b : rest, false) : (isBelow ? quotient - 1 : quotient, first)
    case "**":
      guard b >= 0 else { return nil }
      var (power, lost) = (1, false)
      // Beyond 64 factors only 0, 1 and −1 stay within 64 bits, and they repeat every two.
      for _ in 0..<(b > 64 ? 64 + b % 2 : b) where !lost {
        (power, lost) = power.multipliedReportingOverflow(by: a)
      }
      (result, overflow) = (power, lost)
    default: return nil
    }
    guard !overflow else { throw place.fault("a whole number goes beyond 64 bits") }
    return result
  }

  static func negative(_ value: PythonValue, at place: JinjaPlace) throws(JinjaFault) -> PythonValue
  {
    if let number = value.int { return try binary("-", .int(0), .int(number), at: place) }
    guard let number = value.number else { throw noNumber(value, place) }
    return .float(-number)
  }

  static func positive(_ value: PythonValue, at place: JinjaPlace) throws(JinjaFault) -> PythonValue
  {
    if let number = value.int { return .int(number) }
    guard value.number != nil else { throw noNumber(value, place) }
    return value
  }

  private static func noNumber(_ value: PythonValue, _ place: JinjaPlace) -> JinjaFault {
    if case .missing(let reason) = value { return place.fault(reason) }
    return place.fault("a value of the type \(value.typeName) has no sign")
  }

  static func compare(_ sign: String, _ a: PythonValue, _ b: PythonValue, at place: JinjaPlace)
    throws(JinjaFault) -> Bool
  {
    switch sign {
    case "==": return a == b
    case "!=": return a != b
    case "in": return try contains(b, a, at: place)
    case "not in": return !(try contains(b, a, at: place))
    default: break
    }
    let isSwapped = sign == ">" || sign == "<="
    guard let precedes = isSwapped ? b.precedes(a) : a.precedes(b) else {
      throw place.fault("'\(sign)' cannot compare the types \(a.typeName) and \(b.typeName)")
    }
    // Nothing that is no number comes before or behind one.
    if let left = a.number, let right = b.number, left.isNaN || right.isNaN { return false }
    return sign.hasSuffix("=") ? !precedes : precedes
  }

  private static func contains(_ whole: PythonValue, _ part: PythonValue, at place: JinjaPlace)
    throws(JinjaFault) -> Bool
  {
    switch whole {
    case .string(let text):
      guard let piece = part.string else {
        throw place.fault("a text contains only texts, not the type \(part.typeName)")
      }
      return PythonText.find(Array(piece.unicodeScalars), in: Array(text.unicodeScalars)) != nil
    case .list(let elements), .tuple(let elements): return elements.contains(part)
    case .dict(let dict): return dict[part] != nil
    default: throw place.fault("a value of the type \(whole.typeName) contains nothing")
    }
  }
}
