import JSON

extension Evaluator {
  /// Checks one assertion of a node.
  mutating func check(
    _ assertion: Assertion, of node: SchemaNode, _ value: JSONValue, _ evaluated: inout Evaluated
  ) -> Bool {
    let keyword = assertion.keyword
    switch assertion.rule {
    case .type, .typeAsWritten, .oneOfValues, .constant: return checkValue(assertion, node, value)
    case .length, .pattern, .format, .content:
      guard case .string(let text) = value else { return true }
      return checkText(assertion, node, text)
    case .limit, .multiple:
      guard case .number(let number) = value else { return true }
      return checkNumber(assertion, node, number)
    case .members, .memberNames, .memberCount, .required, .dependentRequired, .dependentSchemas,
      .unevaluatedMembers:
      guard case .object(let members) = value else { return true }
      return checkObject(assertion, node, members, &evaluated)
    case .elements, .elementCount, .contains, .unique, .unevaluatedElements:
      guard case .array(let elements) = value else { return true }
      return checkArray(assertion, node, elements, &evaluated)
    case .reference(let target):
      return adjoin(target, from: node, via: keyword, value, &evaluated)
    case .dynamicReference(let target, let anchor):
      let meant = dynamicTarget(anchor) ?? target
      return adjoin(meant, from: node, via: keyword, value, &evaluated)
    case .all(let nodes):
      var isValid = true
      for child in nodes where !adjoin(child, from: node, value, &evaluated) {
        isValid = false
        if mode == .verdict { break }
      }
      return isValid
    case .any, .exactlyOne, .not, .conditional:
      return checkBranching(assertion, node, value, &evaluated)
    }
  }

  /// The keywords whose schemas may fail without the value being invalid.
  private mutating func checkBranching(
    _ assertion: Assertion, _ node: SchemaNode, _ value: JSONValue, _ evaluated: inout Evaluated
  ) -> Bool {
    openUnit([assertion.keyword], node)
    var isValid = true
    switch assertion.rule {
    case .any(let nodes):
      isValid = checkAlternatives(
        assertion, of: node, nodes, isExclusive: false, value, &evaluated)
    case .exactlyOne(let nodes):
      isValid = checkAlternatives(assertion, of: node, nodes, isExclusive: true, value, &evaluated)
    case .not(let child):
      var ignored = Evaluated()
      if probe(child, from: node, value, &ignored) {
        let expected = mode == .verdict ? "" : negation(of: child)
        isValid = report(
          node, [assertion.keyword], assertion.keyword, expected, Phrase.value(value))
      }
    case .conditional(let test, let then, let otherwise):
      let matches = probe(test, from: node, value, &evaluated)
      closeUnit(isValid: true)
      guard let branch = matches ? then : otherwise else { return true }
      return under(
        "since \(node.pointer.appending("if")) \(matches ? "matches" : "does not match")"
      ) {
        $0.adjoin(branch, from: node, value, &evaluated)
      }
    default: break
    }
    closeUnit(isValid: isValid)
    return isValid
  }

  private mutating func checkValue(_ assertion: Assertion, _ node: SchemaNode, _ value: JSONValue)
    -> Bool
  {
    let keyword = assertion.keyword
    switch assertion.rule {
    case .type(let names):
      let type = value.typeName
      return names.contains(type) || (type == "integer" && names.contains("number"))
        || report(
          node, [keyword], keyword,
          names.map(Phrase.article).joined(separator: " or "),
          Phrase.typed(value, type))
    case .typeAsWritten(let names):
      let type = value.writtenTypeName
      return names.contains(type)
        || report(
          node, [keyword], keyword, names.map(Phrase.article).joined(separator: " or "),
          Phrase.typedAsWritten(value, type))
    case .oneOfValues(let values, let set):
      return set.contains(value)
        || report(
          node, [keyword], keyword, Phrase.choice(values),
          Phrase.value(value) + Phrase.hint(to: value, among: values))
    case .constant(let constant):
      return value == constant
        || report(
          node, [keyword], keyword, Phrase.value(constant), Phrase.value(value))
    default: return true
    }
  }

  private mutating func checkText(_ assertion: Assertion, _ node: SchemaNode, _ text: String)
    -> Bool
  {
    let keyword = assertion.keyword
    switch assertion.rule {
    case .length(let bound, let count):
      // Between n / 4 and n code points fit n bytes, so long texts need no counting.
      let bytes = text.utf8.count
      if bound == .atMost ? bytes <= count : bytes / 4 >= count { return true }
      let length = text.unicodeScalars.count
      return bound.admits(length, count)
        || report(
          node, [keyword], keyword, bound.phrase(count, "character"),
          "\(Phrase.quoted(text)) (\(Phrase.count(length, "character")))")
    case .pattern(let pattern):
      switch pattern.search(text) {
      case .found: return true
      case .absent:
        return report(
          node, [keyword], keyword, "text that matches \(pattern.source)",
          Phrase.quoted(text))
      case .tooCostly:
        return report(
          node, [keyword], keyword,
          "text that \(pattern.source) can be decided for within its step limit",
          Phrase.quoted(text))
      }
    case .format(let format):
      return format.admits(text)
        || report(node, [keyword], keyword, format.phrase, Phrase.quoted(text))
    case .content(let content): return checkContent(content, assertion, node, text)
    default: return true
    }
  }

  private mutating func checkNumber(
    _ assertion: Assertion, _ node: SchemaNode, _ number: JSONNumber
  )
    -> Bool
  {
    let keyword = assertion.keyword
    switch assertion.rule {
    case .limit(let limit, let bound):
      return limit.admits(number, bound)
        || report(
          node, [keyword], keyword, limit.phrase(bound),
          Phrase.value(.number(number)))
    case .multiple(let step, let decimal):
      return number.decimal.isMultiple(of: decimal)
        || report(
          node, [keyword], keyword, "a multiple of \(step.readable)",
          Phrase.value(.number(number)))
    default: return true
    }
  }
}

extension JSONValue {
  /// Like `typeName`, but a number written with fraction or exponent is none of draft 4's integers.
  fileprivate var writtenTypeName: String {
    guard case .number(let number) = self else { return typeName }
    let isPlain = !number.lexeme.utf8.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == 0x65 }
    return isPlain ? "integer" : "number"
  }
}
