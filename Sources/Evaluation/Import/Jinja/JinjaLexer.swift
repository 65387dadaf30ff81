/// Cuts a template into pieces, with Jinja's usual marks and its control of white space.
struct JinjaLexer {
  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var place = JinjaPlace()
  private var pieces: [JinjaPiece] = []

  static func pieces(of template: String) throws(JinjaFault) -> [JinjaPiece] {
    var lexer = JinjaLexer(template)
    guard lexer.scalars.count <= JinjaLimits.template else {
      throw lexer.place.fault("the template is longer than \(JinjaLimits.template) characters")
    }
    try lexer.run()
    return lexer.pieces
  }

  /// Line ends become `\n`, as in Jinja.
  private init(_ template: String) {
    var scalars: [Unicode.Scalar] = []
    var wasReturn = false
    for scalar in template.unicodeScalars {
      if !(wasReturn && scalar == "\n") { scalars.append(scalar == "\r" ? "\n" : scalar) }
      wasReturn = scalar == "\r"
    }
    self.scalars = scalars
  }

  private func starts(_ mark: String, at offset: Int = 0) -> Bool {
    let mark = mark.unicodeScalars
    let start = position + offset
    return start + mark.count <= scalars.count
      && scalars[start..<(start + mark.count)].elementsEqual(mark)
  }

  @discardableResult
  private mutating func step(_ count: Int = 1) -> ArraySlice<Unicode.Scalar> {
    let end = min(position + count, scalars.count)
    let passed = scalars[position..<end]
    for scalar in passed { place.pass(scalar) }
    position = end
    return passed
  }

  private mutating func run() throws(JinjaFault) {
    var text: [Unicode.Scalar] = []
    while position < scalars.count {
      guard starts("{{") || starts("{%") || starts("{#") else {
        text += step()
        continue
      }
      if starts("-", at: 2) {
        while let last = text.last, PythonText.isSpace(last) { text.removeLast() }
      }
      flush(&text)
      if starts("{#") { try comment() } else { try block() }
    }
    flush(&text)
  }

  private mutating func flush(_ text: inout [Unicode.Scalar]) {
    if !text.isEmpty { pieces.append(.text(PythonText.text(text))) }
    text = []
  }

  private mutating func comment() throws(JinjaFault) {
    let start = place
    step(2)
    while !starts("#}") {
      guard position < scalars.count else { throw start.fault("the comment '{#' is not closed") }
      step()
    }
    let trims = position > 0 && scalars[position - 1] == "-"
    step(2)
    if trims { skipSpace() }
  }

  private mutating func skipSpace() {
    while position < scalars.count, PythonText.isSpace(scalars[position]) { step() }
  }

  private mutating func block() throws(JinjaFault) {
    let start = place
    let isOutput = starts("{{")
    step(2)
    if starts("-") || starts("+") { step() }
    let end = isOutput ? "}}" : "%}"
    var tokens: [JinjaToken] = []
    var depth = 0
    while true {
      skipSpace()
      guard position < scalars.count else {
        throw start.fault("'\(isOutput ? "{{" : "{%")' is not closed")
      }
      if depth == 0, starts(end) || starts("-" + end) || (!isOutput && starts("+" + end)) { break }
      let token = try token()
      if case .sign(let sign) = token.kind {
        if "([{".contains(sign) { depth += 1 }
        if ")]}".contains(sign) { depth -= 1 }
        guard depth >= 0 else { throw token.place.fault("'\(sign)' closes nothing") }
      }
      tokens.append(token)
    }
    let trims = starts("-")
    if !starts(end) { step() }
    tokens.append(JinjaToken(kind: .end, place: place))
    step(2)
    if !isOutput, case .name("raw")? = tokens.first?.kind {
      return try raw(from: start, trims: trims)
    }
    pieces.append(isOutput ? .output(tokens) : .tag(tokens))
    if trims { skipSpace() }
  }

  /// `{% raw %}`: text until `{% endraw %}`, whatever it looks like.
  private mutating func raw(from start: JinjaPlace, trims: Bool) throws(JinjaFault) {
    if trims { skipSpace() }
    var text: [Unicode.Scalar] = []
    while position < scalars.count {
      if starts("{%"), let (length, before, after) = endOfRaw() {
        if before { while let last = text.last, PythonText.isSpace(last) { text.removeLast() } }
        step(length)
        flush(&text)
        if after { skipSpace() }
        return
      }
      text += step()
    }
    throw start.fault("'{% raw %}' is not closed by '{% endraw %}'")
  }

  /// How long the tag is, and whether white space before and behind it goes.
  private func endOfRaw() -> (Int, Bool, Bool)? {
    var rest = scalars[(position + 2)...]
    let before = rest.first == "-"
    if before || rest.first == "+" { rest = rest.dropFirst() }
    rest = rest.drop(while: PythonText.isSpace)
    guard rest.starts(with: "endraw".unicodeScalars) else { return nil }
    rest = rest.dropFirst(6).drop(while: PythonText.isSpace)
    let after = rest.first == "-"
    if after || rest.first == "+" { rest = rest.dropFirst() }
    guard rest.starts(with: "%}".unicodeScalars) else { return nil }
    return (rest.startIndex + 2 - position, before, after)
  }

  private static let signs = [
    "**", "==", "!=", "<=", ">=", "//", "+", "-", "*", "/", "%", "~", "(", ")", "[", "]", "{", "}",
    ",", ".", ":", "|", "<", ">", "=",
  ]

  private mutating func token() throws(JinjaFault) -> JinjaToken {
    let start = place
    let first = scalars[position]
    func isWord(_ scalar: Unicode.Scalar) -> Bool {
      scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
    if first == "'" || first == "\"" {
      return JinjaToken(kind: .string(try string(first)), place: start)
    }
    if ("0"..."9").contains(first) {
      return JinjaToken(kind: .number(try number()), place: start)
    }
    if isWord(first) {
      let length = scalars[position...].prefix(while: isWord).count
      return JinjaToken(kind: .name(PythonText.text(step(length))), place: start)
    }
    guard let sign = JinjaLexer.signs.first(where: { starts($0) }) else {
      throw start.fault("'\(first)' has no meaning here")
    }
    step(sign.unicodeScalars.count)
    return JinjaToken(kind: .sign(sign), place: start)
  }

  private mutating func string(_ quote: Unicode.Scalar) throws(JinjaFault) -> String {
    let start = place
    step()
    let from = position
    while position < scalars.count, scalars[position] != quote {
      step(scalars[position] == "\\" ? 2 : 1)
    }
    guard position < scalars.count else { throw start.fault("the text is not closed") }
    let inside = scalars[from..<position]
    step()
    do {
      return try PythonLiteral.unescaped(inside)
    } catch {
      throw start.fault(error.reason)
    }
  }

  /// Digits, a point only with digits behind it, and an exponent.
  private mutating func number() throws(JinjaFault) -> PythonValue {
    let start = place
    func isDigit(_ offset: Int) -> Bool {
      position + offset < scalars.count && ("0"..."9").contains(scalars[position + offset])
    }
    func isSign(_ offset: Int) -> Bool { starts("+", at: offset) || starts("-", at: offset) }
    var length = 0
    while isDigit(length) || starts("_", at: length) { length += 1 }
    if starts(".", at: length), isDigit(length + 1) {
      length += 2
      while isDigit(length) || starts("_", at: length) { length += 1 }
    }
    if starts("e", at: length) || starts("E", at: length) {
      let skip = isSign(length + 1) ? 2 : 1
      if isDigit(length + skip) {
        length += skip
        while isDigit(length) { length += 1 }
      }
    }
    let text = PythonText.text(step(length))
    guard let number = PythonLiteral.number(text) else {
      throw start.fault("the number '\(text.prefix(40))' cannot be read")
    }
    return number
  }
}
