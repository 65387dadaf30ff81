import JSON

extension Rule {
  /// The same keyword without any demand; nil where there is no such thing.
  var empty: Rule? {
    switch self {
    case .members: .members(MemberRules())
    case .elements: .elements(prefix: [], rest: nil)
    case .dependentRequired: .dependentRequired([])
    case .dependentSchemas: .dependentSchemas([])
    default: nil
    }
  }

  /// The keyword and, where that is short, what it says.
  var phrase: String {
    switch self {
    case .pattern(let pattern): "pattern \(Phrase.quoted(pattern.source))"
    case .format(let format): "format \(format.rawValue)"
    case .multiple(let step, _): "multipleOf \(step.canonical)"
    case .typeAsWritten: "draft 4's integers, of which 1.0 is none"
    case .conditional: "a condition (if)"
    default: kind
    }
  }

  /// What demands are alike and can be compared with each other.
  var kind: String {
    switch self {
    case .type, .typeAsWritten: "type"
    case .oneOfValues: "enum"
    case .constant: "const"
    case .length, .memberCount, .elementCount, .limit: "limit"
    case .pattern: "pattern"
    case .format: "format"
    case .content: "content"
    case .multiple: "multipleOf"
    case .members: "properties"
    case .memberNames: "propertyNames"
    case .required: "required"
    case .dependentRequired: "dependentRequired"
    case .dependentSchemas: "dependentSchemas"
    case .elements: "items"
    case .contains: "contains"
    case .unique: "uniqueItems"
    case .reference, .all: "allOf"
    case .dynamicReference: "$dynamicRef"
    case .any: "anyOf"
    case .exactlyOne: "oneOf"
    case .not: "not"
    case .conditional: "if"
    case .unevaluatedMembers: "unevaluatedProperties"
    case .unevaluatedElements: "unevaluatedItems"
    }
  }
}
