extension JinjaParser {
  private static let constants: [String: PythonValue] = [
    "true": .bool(true), "True": .bool(true), "false": .bool(false), "False": .bool(false),
    "none": .none, "None": .none,
  ]

  mutating func primary() throws(JinjaFault) -> JinjaExpression {
    let token = next
    step()
    switch token.kind {
    case .name(let name):
      if let value = JinjaParser.constants[name] { return literal(value, token) }
      if next.kind == .sign("(") {
        step()
        return JinjaExpression(form: .call(name, try arguments()), place: token.place)
      }
      return JinjaExpression(form: .name(name), place: token.place)
    case .string(let text):
      // Texts side by side are one.
      var whole = text
      while case .string(let more) = next.kind {
        whole += more
        step()
      }
      return literal(.string(whole), token)
    case .number(let number): return literal(number, token)
    case .sign("("):
      if take(sign: ")") { return literal(.tuple([]), token) }
      let inside = try tuple()
      try expect(sign: ")")
      return inside
    case .sign("["):
      return JinjaExpression(form: .list(try elements(until: "]")), place: token.place)
    case .sign("{"): return JinjaExpression(form: .dict(try pairs()), place: token.place)
    default: throw token.place.fault("expected a value, found \(token.label)")
    }
  }

  private func literal(_ value: PythonValue, _ token: JinjaToken) -> JinjaExpression {
    JinjaExpression(form: .literal(value), place: token.place)
  }

  private mutating func elements(until end: String) throws(JinjaFault) -> [JinjaExpression] {
    var elements: [JinjaExpression] = []
    while !take(sign: end) {
      elements.append(try expression())
      if take(sign: ",") { continue }
      try expect(sign: end)
      break
    }
    return elements
  }

  private mutating func pairs() throws(JinjaFault) -> [(JinjaExpression, JinjaExpression)] {
    var pairs: [(JinjaExpression, JinjaExpression)] = []
    while !take(sign: "}") {
      let key = try expression()
      try expect(sign: ":")
      pairs.append((key, try expression()))
      if take(sign: ",") { continue }
      try expect(sign: "}")
      break
    }
    return pairs
  }

  /// What stands between the brackets of a call, the first of which is taken.
  mutating func arguments() throws(JinjaFault) -> JinjaArguments {
    var arguments = JinjaArguments()
    while !take(sign: ")") {
      let value = try expression()
      if case .name(let name) = value.form, take(sign: "=") {
        arguments.named.append((name, try expression()))
      } else {
        arguments.plain.append(value)
      }
      if take(sign: ",") { continue }
      try expect(sign: ")")
      break
    }
    return arguments
  }

  mutating func postfix(_ start: JinjaExpression) throws(JinjaFault) -> JinjaExpression {
    var result = start
    var length = 0
    while true {
      let place = next.place
      length += 1
      guard length <= 200 else { throw place.fault("more than 200 parts hang on one value") }
      if take(sign: ".") {
        if case .number(.int(let index)) = next.kind {
          step()
          let index = JinjaExpression(form: .literal(.int(index)), place: place)
          result = JinjaExpression(form: .element(result, index), place: place)
          continue
        }
        let name = try name()
        if take(sign: "(") {
          result = JinjaExpression(form: .method(result, name, try arguments()), place: place)
        } else {
          result = JinjaExpression(form: .attribute(result, name), place: place)
        }
      } else if take(sign: "[") {
        result = JinjaExpression(form: try index(of: result), place: place)
      } else if next.kind == .sign("(") {
        throw place.fault("only names, methods and filters can be called")
      } else {
        return result
      }
    }
  }

  private mutating func index(of value: JinjaExpression) throws(JinjaFault)
    -> JinjaExpression.Form
  {
    var bounds: [JinjaExpression?] = []
    while true {
      let isBound = next.kind != .sign(":") && next.kind != .sign("]")
      bounds.append(isBound ? try expression() : nil)
      guard bounds.count < 3, take(sign: ":") else { break }
    }
    try expect(sign: "]")
    if bounds.count == 1 {
      guard let index = bounds[0] else { throw next.place.fault("a place in '[ ]' is missing") }
      return .element(value, index)
    }
    return .slice(value, bounds[0], bounds[1], bounds.count == 3 ? bounds[2] : nil)
  }

  mutating func filters(_ start: JinjaExpression) throws(JinjaFault) -> JinjaExpression {
    var result = start
    var length = 0
    while true {
      let place = next.place
      length += 1
      guard length <= 200 else { throw place.fault("more than 200 filters hang on one value") }
      if take(sign: "|") {
        let name = try name()
        let arguments = take(sign: "(") ? try arguments() : JinjaArguments()
        result = JinjaExpression(form: .filter(result, name, arguments), place: place)
      } else if take(name: "is") {
        let isNegated = take(name: "not")
        let name = try name()
        let test = JinjaExpression(
          form: .test(result, name, try testArguments()), place: place)
        result = isNegated ? JinjaExpression(form: .not(test), place: place) : test
      } else {
        return result
      }
    }
  }

  /// One argument of a test may stand without brackets.
  private mutating func testArguments() throws(JinjaFault) -> JinjaArguments {
    if take(sign: "(") { return try arguments() }
    switch next.kind {
    case .name(let name) where !["else", "or", "and", "if", "is", "in", "not"].contains(name): break
    case .string, .number, .sign("["), .sign("{"): break
    default: return JinjaArguments()
    }
    return JinjaArguments(plain: [try postfix(try primary())])
  }
}
