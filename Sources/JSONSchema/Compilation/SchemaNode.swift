import JSON

/// A compiled schema or subschema: what it asserts, in the order in which it is checked.
struct SchemaNode: Sendable {
  /// An index into `SchemaProgram.nodes`.
  typealias ID = Int

  let place: SchemaPlace
  /// An index into `SchemaProgram.scopes`: the schema resource (`$id`) that it belongs to.
  let resource: Int
  /// The draft that it is written in.
  let draft: SchemaDraft
  /// What a boolean schema says; nil for the others.
  var verdict: Bool?
  var assertions: [Assertion] = []
  /// The keywords that assert nothing, unknown ones included, for the output formats.
  var annotations: [Annotation] = []

  /// Its place in its document.
  var pointer: JSONPointer { place.pointer }
}

/// A keyword that only says something about the value.
struct Annotation: Sendable {
  let keyword: String
  let value: JSONValue
}

/// One keyword, or several that only make sense together.
struct Assertion: Sendable {
  let keyword: String
  let rule: Rule
}

/// What a keyword demands.
enum Rule: Sendable {
  case type([String])
  /// `type` of draft 4, for which `1.0` is no integer: how a number is written decides.
  case typeAsWritten([String])
  case oneOfValues([JSONValue], Set<JSONValue>)
  case constant(JSONValue)

  case length(Bound, Int)
  case pattern(Pattern)
  case format(Format)
  /// `contentEncoding`, `contentMediaType` and `contentSchema`, where they are checked.
  case content(Content)

  case limit(Limit, JSONNumber)
  case multiple(JSONNumber, JSONDecimal)

  case members(MemberRules)
  case memberNames(SchemaNode.ID)
  case memberCount(Bound, Int)
  case required([String])
  case dependentRequired([(String, [String])])
  case dependentSchemas([(String, SchemaNode.ID)])

  case elements(prefix: [SchemaNode.ID], rest: SchemaNode.ID?)
  case elementCount(Bound, Int)
  case contains(SchemaNode.ID, atLeast: Int, atMost: Int?)
  case unique

  case reference(SchemaNode.ID)
  /// `$dynamicRef` and `$recursiveRef`: the node that it means unless the dynamic scope has the anchor further out.
  case dynamicReference(SchemaNode.ID, anchor: String)
  case all([SchemaNode.ID])
  case any([SchemaNode.ID])
  case exactlyOne([SchemaNode.ID])
  case not(SchemaNode.ID)
  case conditional(SchemaNode.ID, then: SchemaNode.ID?, otherwise: SchemaNode.ID?)

  case unevaluatedMembers(SchemaNode.ID)
  case unevaluatedElements(SchemaNode.ID)
}

/// `properties`, `patternProperties` and `additionalProperties`.
struct MemberRules: Sendable {
  var named: [String: SchemaNode.ID] = [:]
  var matching: [(Pattern, SchemaNode.ID)] = []
  var additional: SchemaNode.ID?
}

enum Bound: Sendable {
  case atLeast, atMost

  func admits(_ count: Int, _ bound: Int) -> Bool {
    self == .atLeast ? count >= bound : count <= bound
  }

  func phrase(_ bound: Int, _ noun: String) -> String {
    (self == .atLeast ? "at least " : "at most ") + Phrase.count(bound, noun)
  }
}

enum Limit: Sendable {
  case minimum, maximum, exclusiveMinimum, exclusiveMaximum

  func admits(_ value: JSONNumber, _ bound: JSONNumber) -> Bool {
    switch self {
    case .minimum: !(value < bound)
    case .maximum: !(bound < value)
    case .exclusiveMinimum: bound < value
    case .exclusiveMaximum: value < bound
    }
  }

  func phrase(_ bound: JSONNumber) -> String {
    switch self {
    case .minimum: "a number of at least \(bound.readable)"
    case .maximum: "a number of at most \(bound.readable)"
    case .exclusiveMinimum: "a number above \(bound.readable)"
    case .exclusiveMaximum: "a number below \(bound.readable)"
    }
  }
}

/// Everything that validation needs.
struct SchemaProgram: Sendable {
  var nodes: [SchemaNode] = []
  /// For each node what it was made from.
  var sources: [JSONValue] = []
  var root: SchemaNode.ID = 0
  /// For each schema resource its dynamic anchors.
  var scopes: [[String: SchemaNode.ID]] = []
  /// For each schema resource its URI and where it begins.
  var resources: [(uri: String, root: SchemaPlace)] = []
  /// For each document the URI that it was found under.
  var documents: [String] = []
  var hasDynamicReferences = false
  /// Whether any keyword asks which members and elements others have evaluated.
  var tracksEvaluated = false
}
