import JSON

extension Evaluator {
  mutating func checkObject(
    _ assertion: Assertion, _ node: SchemaNode, _ members: [String: JSONValue],
    _ evaluated: inout Evaluated
  ) -> Bool {
    let keyword = assertion.keyword
    var isValid = true
    switch assertion.rule {
    case .required(let names):
      for name in names where members.exactly(name) == nil {
        isValid = false
        guard mode != .verdict else { break }
        report(
          node, [keyword], keyword, "a member \(Phrase.quoted(name))",
          Evaluator.presentNames(members, instead: name, node)
        ) { $0.missing = name }
      }
    case .memberCount(let bound, let count):
      isValid =
        bound.admits(members.count, count)
        || report(
          node, [keyword], keyword, bound.phrase(count, "member"),
          "\(members.count)")
    case .dependentRequired(let rules):
      for (name, needed) in rules where members.exactly(name) != nil {
        for other in needed where members.exactly(other) == nil {
          isValid = report(
            node, [keyword, name], keyword,
            "a member \(Phrase.quoted(other)) beside \(Phrase.quoted(name))",
            Evaluator.presentNames(members, instead: other, node)
          ) { $0.missing = other }
        }
      }
    case .dependentSchemas(let schemas):
      for (name, child) in schemas where members.exactly(name) != nil {
        let isMet = under("since there is a member \(Phrase.quoted(name))") {
          $0.adjoin(child, from: node, .object(members), &evaluated)
        }
        if !isMet { isValid = false }
      }
    case .members(let rules): isValid = checkMembers(rules, node, members, &evaluated)
    case .memberNames(let child):
      openUnit([keyword], node)
      for name in ordered(members) {
        let isMet = under("as the name of a member") {
          $0.descend(node.step(to: name), child, from: node, .string(name))
        }
        guard !isMet else { continue }
        isValid = false
        if mode == .verdict { break }
      }
      // They would be about the names, but stand where the members are.
      dropAnnotations()
      closeUnit(isValid: isValid)
    case .unevaluatedMembers(let child):
      var touched: [String] = []
      for name in ordered(members) where !evaluated.allNames && !evaluated.names.contains(name) {
        guard isValid || mode != .verdict else { break }
        guard let value = members[name] else { continue }
        if !extra(name, value, child, node, keyword, named: evaluated.names.sorted()) {
          isValid = false
        }
        touched.append(name)
      }
      addNames([keyword: touched], node)
      evaluated.allNames = true
    default: break
    }
    return isValid
  }

  private mutating func checkMembers(
    _ rules: MemberRules, _ node: SchemaNode, _ members: [String: JSONValue],
    _ evaluated: inout Evaluated
  ) -> Bool {
    var isValid = true
    var touched: [String: [String]] = [:]
    for name in ordered(members) {
      guard isValid || mode != .verdict else { break }
      guard let value = members[name] else { continue }
      var isNamed = false
      if let child = rules.named.exactly(name) {
        isNamed = true
        if mode == .trace { touched["properties", default: []].append(name) }
        if !descend(.name(name), child, from: node, value) { isValid = false }
      }
      let step: PathStep = isNamed ? .name(name) : .otherName(name)
      for (pattern, child) in rules.matching {
        switch pattern.search(name) {
        case .absent: continue
        case .found:
          isNamed = true
          if mode == .trace { touched["patternProperties", default: []].append(name) }
          if !descend(step, child, from: node, value) { isValid = false }
        case .tooCostly:
          isValid = report(
            node, ["patternProperties", pattern.source], "patternProperties",
            "a name that \(pattern.source) can be decided for within its step limit",
            Phrase.quoted(name), at: step)
        }
      }
      if !isNamed, let child = rules.additional {
        isNamed = true
        if mode == .trace { touched["additionalProperties", default: []].append(name) }
        if !extra(
          name, value, child, node, "additionalProperties", named: rules.named.keys.sorted(),
          patterns: rules.matching.map(\.0.source))
        {
          isValid = false
        }
      }
      if isNamed, program.tracksEvaluated { evaluated.names.insert(name) }
    }
    addNames(touched, node)
    return isValid
  }

  /// A member that no other keyword names; `false` gets a sentence of its own, being so common.
  private mutating func extra(
    _ name: String, _ value: JSONValue, _ child: SchemaNode.ID, _ node: SchemaNode,
    _ keyword: String, named: @autoclosure () -> [String],
    patterns: @autoclosure () -> [String] = []
  ) -> Bool {
    guard program.nodes[child].verdict == false else {
      return descend(.otherName(name), child, from: node, value)
    }
    guard mode != .verdict else { return false }
    let named = named()
    var allowed: [String] = []
    if !named.isEmpty { allowed.append("the members \(Phrase.list(named.map(Phrase.quoted)))") }
    let patterns = patterns()
    if !patterns.isEmpty { allowed.append("names that match \(Phrase.list(patterns))") }
    return report(
      node, [keyword], keyword,
      allowed.isEmpty ? "no members" : "only \(allowed.joined(separator: ", and "))",
      Phrase.quoted(name) + Phrase.hint(to: name, among: named.prefix(Phrase.hintLimit)),
      at: .name(name))
  }

  /// What is there where a member is missing, and which of it was probably meant to be that: one
  /// that the schema does not name itself.
  private static func presentNames(
    _ members: [String: JSONValue], instead missing: String, _ node: SchemaNode
  ) -> String {
    guard !members.isEmpty else { return "no members" }
    let names = sorted(members)
    var known: Set<String> = []
    for case .members(let rules) in node.assertions.map(\.rule) {
      known.formUnion(rules.named.keys)
    }
    let candidates = names.lazy.filter { !known.contains($0) }.prefix(Phrase.hintLimit)
    let near = Phrase.near(missing, among: candidates)
    return "only \(Phrase.list(names.map(Phrase.quoted)))"
      + (near.map { "; is \(Phrase.quoted($0)) meant to be \(Phrase.quoted(missing))?" } ?? "")
  }

  /// The names in the order in which violations are reported; any order will do when none are.
  private func ordered(_ members: [String: JSONValue]) -> [String] {
    mode != .verdict ? Evaluator.sorted(members) : Array(members.keys)
  }

  private static func sorted(_ members: [String: JSONValue]) -> [String] {
    members.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

extension SchemaNode {
  /// The step to a member, which its `properties` may list.
  fileprivate func step(to name: String) -> Evaluator.PathStep {
    for case .members(let rules) in assertions.lazy.map(\.rule)
    where rules.named.exactly(name) != nil { return .name(name) }
    return .otherName(name)
  }
}

extension Dictionary where Key == String {
  /// The value of that very name: Swift takes canonically equivalent ones for the same.
  func exactly(_ name: String) -> Value? {
    guard let index = index(forKey: name), self[index].key.utf8.elementsEqual(name.utf8) else {
      return nil
    }
    return self[index].value
  }
}
