extension SchemaNode {
  /// The assertions, with `unevaluated…` told as what it means where no other schema can have looked
  /// at the value: `additionalProperties`, and the rest of `items`.
  var withoutNeedlessEvaluation: [Assertion] {
    let asks = assertions.contains {
      switch $0.rule {
      case .unevaluatedMembers, .unevaluatedElements: true
      default: false
      }
    }
    guard asks, inPlace.isEmpty else { return assertions }
    var members: MemberRules?
    var elements: (prefix: [SchemaNode.ID], rest: SchemaNode.ID?)?
    var isOpaque = false
    for assertion in assertions {
      switch assertion.rule {
      case .members(let rules): members = rules
      case .elements(let prefix, let rest): elements = (prefix, rest)
      case .contains, .dynamicReference: isOpaque = true
      default: continue
      }
    }
    guard !isOpaque else { return assertions }
    var told: [Assertion] = []
    for assertion in assertions {
      switch assertion.rule {
      case .members, .elements: continue
      case .unevaluatedMembers(let node):
        var rules = members ?? MemberRules()
        rules.additional = rules.additional ?? node
        members = rules
      case .unevaluatedElements(let node):
        elements = (elements?.prefix ?? [], elements?.rest ?? node)
      default: told.append(assertion)
      }
    }
    if let members { told.append(Assertion(keyword: "properties", rule: .members(members))) }
    if let elements {
      told.append(
        Assertion(
          keyword: "items", rule: .elements(prefix: elements.prefix, rest: elements.rest)))
    }
    return told
  }
}
