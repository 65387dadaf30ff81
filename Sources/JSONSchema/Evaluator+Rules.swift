import JSON

extension Evaluator {
  /// Checks one assertion of a node.
  mutating func check(
    _ assertion: Assertion, of node: SchemaNode, _ value: JSONValue, _ evaluated: inout Evaluated
  ) -> Bool {
    let keyword = assertion.keyword
    switch assertion.rule {
    case .type, .oneOfValues, .constant: return checkValue(assertion, node, value)
    case .length, .pattern, .format:
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
    case .reference(let target): return adjoin(target, value, &evaluated)
    case .dynamicReference(let target, let anchor):
      return adjoin(dynamicTarget(anchor) ?? target, value, &evaluated)
    case .all(let nodes):
      var isValid = true
      for child in nodes where !adjoin(child, value, &evaluated) {
        isValid = false
        if !isCollecting { break }
      }
      return isValid
    case .any(let nodes):
      var matches = false
      for child in nodes where probe(child, value, &evaluated) {
        matches = true
        // The other alternatives may evaluate more.
        if !program.tracksEvaluated { break }
      }
      return matches
        || report(
          node.pointer.appending(keyword), keyword,
          "at least one of \(nodes.count) alternatives to match", Phrase.value(value))
    case .exactlyOne(let nodes):
      var matching: [Int] = []
      for (index, child) in nodes.enumerated() where probe(child, value, &evaluated) {
        matching.append(index)
      }
      return matching.count == 1
        || report(
          node.pointer.appending(keyword), keyword,
          "exactly one of \(nodes.count) alternatives to match",
          matching.isEmpty
            ? Phrase.value(value)
            : "that \(matching.count) match (\(Phrase.list(matching.map(String.init))))")
    case .not(let child):
      var ignored = Evaluated()
      return !probe(child, value, &ignored)
        || report(
          node.pointer.appending(keyword), keyword, "a value that does not match the schema in not",
          Phrase.value(value))
    case .conditional(let test, let then, let otherwise):
      let branch = probe(test, value, &evaluated) ? then : otherwise
      return branch.map { adjoin($0, value, &evaluated) } ?? true
    }
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
          node.pointer.appending(keyword), keyword,
          names.map(Evaluator.article).joined(separator: " or "),
          "\(Phrase.value(value)) (\(Evaluator.article(type)))")
    case .oneOfValues(let values, let set):
      return set.contains(value)
        || report(
          node.pointer.appending(keyword), keyword,
          "one of \(Phrase.list(values.map(Phrase.value)))", Phrase.value(value))
    case .constant(let constant):
      return value == constant
        || report(
          node.pointer.appending(keyword), keyword, Phrase.value(constant), Phrase.value(value))
    default: return true
    }
  }

  private static func article(_ type: String) -> String {
    switch type {
    case "null": "null"
    case "array", "object", "integer": "an \(type)"
    default: "a \(type)"
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
          node.pointer.appending(keyword), keyword, bound.phrase(count, "character"),
          "\(Phrase.quoted(text)) (\(Phrase.count(length, "character")))")
    case .pattern(let pattern):
      switch pattern.search(text) {
      case .found: return true
      case .absent:
        return report(
          node.pointer.appending(keyword), keyword, "text that matches \(pattern.source)",
          Phrase.quoted(text))
      case .tooCostly:
        return report(
          node.pointer.appending(keyword), keyword,
          "text that \(pattern.source) can be decided for within its step limit",
          Phrase.quoted(text))
      }
    case .format(let format):
      return format.admits(text)
        || report(node.pointer.appending(keyword), keyword, format.phrase, Phrase.quoted(text))
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
          node.pointer.appending(keyword), keyword, limit.phrase(bound),
          Phrase.value(.number(number)))
    case .multiple(let step, let decimal):
      return number.decimal.isMultiple(of: decimal)
        || report(
          node.pointer.appending(keyword), keyword, "a multiple of \(step.canonical)",
          Phrase.value(.number(number)))
    default: return true
    }
  }
}
