/// A keyword of JSON Schema: since and until when it exists, and where it keeps subschemas.
struct Keyword: Sendable {
  let name: String
  let drafts: ClosedRange<SchemaDraft>
  let vocabulary: Vocabulary
  let children: Children
  /// Its turn when a node is checked: cheap assertions first, `unevaluated…` last, because those
  /// ask what all others have looked at.
  let rank: Int
  /// The keyword that stands for all those that only make sense together with this one.
  let group: String

  /// What of its value is a schema.
  enum Children: Sendable {
    case none
    /// The value.
    case one
    /// The elements of the value.
    case list
    /// The members of the value.
    case map
    /// The value or, where it is an array, its elements (`items` before 2020-12).
    case oneOrList
    /// The members of the value that are no arrays (`dependencies`).
    case mapOfSchemasOrNames
  }
}

extension Keyword {
  /// Every keyword of every draft, in the order in which a node is checked.
  static let all: [Keyword] = {
    var list: [Keyword] = []
    func add(
      _ names: [String], _ vocabulary: Vocabulary, since first: SchemaDraft = .draft4,
      until last: SchemaDraft = .draft202012, _ children: Children = .none
    ) {
      for name in names {
        list.append(
          Keyword(
            name: name, drafts: first...last, vocabulary: vocabulary, children: children,
            rank: list.count, group: groups[name] ?? name))
      }
    }
    add(["id"], .core, until: .draft4)
    add(["$id"], .core, since: .draft6)
    add(["$schema"], .core)
    add(["$comment"], .core, since: .draft7)
    add(["$vocabulary", "$anchor"], .core, since: .draft201909)
    add(["$recursiveAnchor"], .core, since: .draft201909, until: .draft201909)
    add(["$dynamicAnchor"], .core, since: .draft202012)
    add(["title", "description", "default"], .metaData)
    add(["examples"], .metaData, since: .draft6)
    add(["readOnly", "writeOnly"], .metaData, since: .draft7)
    add(["deprecated"], .metaData, since: .draft201909)
    add(["type", "enum"], .validation)
    add(["const"], .validation, since: .draft6)
    add(["minLength", "maxLength", "pattern"], .validation)
    add(["format"], .format)
    add(["contentEncoding", "contentMediaType"], .content, since: .draft7)
    add(["contentSchema"], .content, since: .draft201909, .one)
    add(
      ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"], .validation)
    add(["required", "minProperties", "maxProperties"], .validation)
    add(["dependentRequired"], .validation, since: .draft201909)
    add(["properties", "patternProperties"], .applicator, .map)
    add(["additionalProperties"], .applicator, .one)
    add(["propertyNames"], .applicator, since: .draft6, .one)
    add(["dependencies"], .applicator, .mapOfSchemasOrNames)
    add(["dependentSchemas"], .applicator, since: .draft201909, .map)
    add(["minItems", "maxItems", "uniqueItems"], .validation)
    add(["prefixItems"], .applicator, since: .draft202012, .list)
    add(["items"], .applicator, until: .draft201909, .oneOrList)
    add(["items"], .applicator, since: .draft202012, .one)
    add(["additionalItems"], .applicator, until: .draft201909, .one)
    add(["contains"], .applicator, since: .draft6, .one)
    add(["minContains", "maxContains"], .validation, since: .draft201909)
    add(["$ref"], .core)
    add(["$recursiveRef"], .core, since: .draft201909, until: .draft201909)
    add(["$dynamicRef"], .core, since: .draft202012)
    add(["allOf", "anyOf", "oneOf"], .applicator, .list)
    add(["not"], .applicator, .one)
    add(["if", "then", "else"], .applicator, since: .draft7, .one)
    // Kept by the newer drafts' metaschemas for schemas of the older ones.
    add(["definitions"], .core, .map)
    add(["$defs"], .core, since: .draft201909, .map)
    add(["unevaluatedItems", "unevaluatedProperties"], .unevaluated, since: .draft201909, .one)
    return list
  }()

  private static let groups: [String: String] = [
    "patternProperties": "properties", "additionalProperties": "properties",
    "prefixItems": "items", "additionalItems": "items", "minContains": "contains",
    "maxContains": "contains", "then": "if", "else": "if", "contentMediaType": "contentEncoding",
    "contentSchema": "contentEncoding",
  ]
}
