/// Reads the expressions of a template, with Jinja's own precedences.
struct JinjaParser {
  private let tokens: [JinjaToken]
  private var position = 0
  private var depth = 0

  /// - Parameter tokens: Not empty; the last is the end.
  init(_ tokens: [JinjaToken]) { self.tokens = tokens }

  var next: JinjaToken { tokens[position] }
  var isAtEnd: Bool { next.kind == .end }

  mutating func step() { if !isAtEnd { position += 1 } }

  mutating func take(sign: String) -> Bool {
    guard next.kind == .sign(sign) else { return false }
    step()
    return true
  }

  mutating func take(name: String) -> Bool {
    guard next.kind == .name(name) else { return false }
    step()
    return true
  }

  mutating func expect(sign: String) throws(JinjaFault) {
    guard take(sign: sign) else {
      throw next.place.fault("expected '\(sign)', found \(next.label)")
    }
  }

  mutating func expectEnd() throws(JinjaFault) {
    guard isAtEnd else { throw next.place.fault("unexpected \(next.label)") }
  }

  mutating func name() throws(JinjaFault) -> String {
    guard case .name(let name) = next.kind else {
      throw next.place.fault("expected a name, found \(next.label)")
    }
    step()
    return name
  }

  /// An expression, or several with commas between them, which are a tuple.
  mutating func tuple() throws(JinjaFault) -> JinjaExpression {
    let first = try expression()
    guard take(sign: ",") else { return first }
    var elements = [first]
    while !isAtEnd, next.kind != .sign(")"), next.kind != .sign("]") {
      elements.append(try expression())
      guard take(sign: ",") else { break }
    }
    return JinjaExpression(form: .tuple(elements), place: first.place)
  }

  /// With a condition behind it.
  mutating func expression() throws(JinjaFault) -> JinjaExpression {
    try deeper()
    defer { depth -= 1 }
    var result = try disjunction()
    while take(name: "if") {
      let test = try disjunction()
      let otherwise: JinjaExpression? = take(name: "else") ? try expression() : nil
      result = JinjaExpression(
        form: .condition(test, then: result, otherwise: otherwise), place: result.place)
    }
    return result
  }

  private mutating func deeper() throws(JinjaFault) {
    depth += 1
    guard depth <= JinjaLimits.depth else {
      throw next.place.fault("the expression is nested deeper than \(JinjaLimits.depth) levels")
    }
  }

  mutating func disjunction() throws(JinjaFault) -> JinjaExpression {
    var left = try conjunction()
    var length = 0
    while take(name: "or") {
      try chain(&length)
      left = JinjaExpression(form: .or(left, try conjunction()), place: left.place)
    }
    return left
  }

  /// Chains are trees as deep as they are long.
  private func chain(_ length: inout Int) throws(JinjaFault) {
    length += 1
    guard length <= 200 else {
      throw next.place.fault("the expression has more than 200 operators in a row")
    }
  }

  private mutating func conjunction() throws(JinjaFault) -> JinjaExpression {
    var left = try negation()
    var length = 0
    while take(name: "and") {
      try chain(&length)
      left = JinjaExpression(form: .and(left, try negation()), place: left.place)
    }
    return left
  }

  private mutating func negation() throws(JinjaFault) -> JinjaExpression {
    let place = next.place
    guard take(name: "not") else { return try comparison() }
    try deeper()
    defer { depth -= 1 }
    return JinjaExpression(form: .not(try negation()), place: place)
  }

  private mutating func comparison() throws(JinjaFault) -> JinjaExpression {
    let left = try sum()
    var others: [(String, JinjaExpression)] = []
    while let sign = comparisonSign() { others.append((sign, try sum())) }
    return others.isEmpty
      ? left : JinjaExpression(form: .compare(left, others), place: left.place)
  }

  private mutating func comparisonSign() -> String? {
    if case .sign(let sign) = next.kind, ["==", "!=", "<", "<=", ">", ">="].contains(sign) {
      step()
      return sign
    }
    if take(name: "in") { return "in" }
    if next.kind == .name("not"), position + 1 < tokens.count,
      tokens[position + 1].kind == .name("in")
    {
      step()
      step()
      return "not in"
    }
    return nil
  }

  private mutating func sum() throws(JinjaFault) -> JinjaExpression {
    try chain(of: ["+", "-"]) { parser throws(JinjaFault) in
      try parser.chain(of: ["~"]) { parser throws(JinjaFault) in
        try parser.chain(of: ["*", "/", "//", "%"]) { parser throws(JinjaFault) in
          try parser.chain(of: ["**"]) { parser throws(JinjaFault) in try parser.unary(true) }
        }
      }
    }
  }

  private mutating func chain(
    of signs: [String],
    _ part: (inout JinjaParser) throws(JinjaFault) -> JinjaExpression
  ) throws(JinjaFault) -> JinjaExpression {
    var left = try part(&self)
    var length = 0
    while case .sign(let sign) = next.kind, signs.contains(sign) {
      try chain(&length)
      step()
      left = JinjaExpression(form: .binary(sign, left, try part(&self)), place: left.place)
    }
    return left
  }

  /// A sign binds closer than a filter: `-1|abs` is the magnitude of −1.
  private mutating func unary(_ takesFilters: Bool) throws(JinjaFault) -> JinjaExpression {
    let place = next.place
    try deeper()
    defer { depth -= 1 }
    var result: JinjaExpression
    if take(sign: "-") {
      result = JinjaExpression(form: .negative(try unary(false)), place: place)
    } else if take(sign: "+") {
      result = JinjaExpression(form: .positive(try unary(false)), place: place)
    } else {
      result = try primary()
    }
    result = try postfix(result)
    return takesFilters ? try filters(result) : result
  }
}
