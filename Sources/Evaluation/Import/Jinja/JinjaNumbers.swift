import Foundation
import JSON

/// The filters of numbers, and `tojson`.
enum JinjaNumbers {
  static func filter(
    _ value: PythonValue, _ name: String, _ arguments: JinjaValues, at place: JinjaPlace
  ) throws(JinjaFault) -> PythonValue {
    switch name {
    case "abs":
      guard let number = value.number else { throw noNumber(value, name, place) }
      if let whole = value.int, whole != .min { return .int(abs(whole)) }
      return .float(abs(number))
    case "int": return whole(value) ?? arguments.value(0, "default") ?? .int(0)
    case "float":
      return number(value).map { .float($0) } ?? arguments.value(0, "default") ?? .float(0)
    default: return try rounded(value, arguments, at: place)
    }
  }

  private static func noNumber(_ value: PythonValue, _ name: String, _ place: JinjaPlace)
    -> JinjaFault
  {
    place.fault("'\(name)' needs a number, found a value of the type \(value.typeName)")
  }

  private static func number(_ value: PythonValue) -> Double? {
    guard let text = value.string else { return value.number }
    return PythonLiteral.number(PythonText.stripped(text))?.number
  }

  /// Cut towards zero.
  private static func whole(_ value: PythonValue) -> PythonValue? {
    if let text = value.string {
      let plain = PythonText.stripped(text)
      let digits = plain.drop { "+-".contains($0) }
      if plain.count - digits.count <= 1, !digits.isEmpty,
        digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(plain)
      {
        return .int(number)
      }
    } else if let number = value.int {
      return .int(number)
    }
    guard let number = number(value), abs(number) < 9e18 else { return nil }
    return .int(Int(number))
  }

  private static func rounded(
    _ value: PythonValue, _ arguments: JinjaValues, at place: JinjaPlace
  ) throws(JinjaFault) -> PythonValue {
    guard let number = value.number else { throw noNumber(value, "round", place) }
    let digits = try arguments.int(0, "precision", of: "round", at: place) ?? 0
    let method = try arguments.text(1, "method", of: "round", at: place) ?? "common"
    guard (0...300).contains(digits) else { throw place.fault("'round' takes 0 to 300 digits") }
    let scale = pow(10, Double(digits))
    switch method {
    case "common":
      // Python rounds the exact binary value, half to even.
      if value.int != nil { return value }
      return .float(Double(String(format: "%.\(digits)f", number)) ?? number)
    case "ceil": return .float((number * scale).rounded(.up) / scale)
    case "floor": return .float((number * scale).rounded(.down) / scale)
    default: throw place.fault("'round' knows common, ceil and floor, not '\(method)'")
    }
  }

  /// As `json.dumps(value, sort_keys=True)`.
  static func json(_ value: PythonValue, at place: JinjaPlace) throws(JinjaFault) -> String {
    switch value {
    case .none: return "null"
    case .bool(let flag): return flag ? "true" : "false"
    case .int, .float: return value.repr
    case .string(let text): return quoted(text)
    case .list(let elements), .tuple(let elements):
      var parts: [String] = []
      for element in elements { parts.append(try json(element, at: place)) }
      return "[" + parts.joined(separator: ", ") + "]"
    case .dict(let dict):
      let sorted = try JinjaOrder.sorted(
        dict.pairs.map { .tuple([$0.key, $0.value]) }, by: .int(0), foldsCase: false, at: place)
      var parts: [String] = []
      for pair in sorted.compactMap(\.elements) {
        parts.append(quoted(pair[0].text) + ": " + (try json(pair[1], at: place)))
      }
      return "{" + parts.joined(separator: ", ") + "}"
    case .missing(let reason): throw place.fault(reason)
    }
  }

  /// ASCII only, as Python writes JSON.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for unit in text.utf16 {
      switch unit {
      case 0x22: result += "\\\""
      case 0x5C: result += "\\\\"
      case 0x0A: result += "\\n"
      case 0x0D: result += "\\r"
      case 0x09: result += "\\t"
      case 0x08: result += "\\b"
      case 0x0C: result += "\\f"
      case 0x20..<0x7F: result += String(UnicodeScalar(UInt8(unit)))
      default:
        let digits = String(unit, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return result + "\""
  }
}
