import JSON

/// What some schemas say of a value, gathered by kind without asking how the schemas combine.
struct SchemaFacets {
  /// The types that all of them leave; nil for any.
  private(set) var types: Set<String>?
  /// Values of `enum`, `const`, `examples` and `default`.
  private(set) var values: [JSONValue] = []
  private(set) var limits: [JSONNumber] = []
  private(set) var steps: [JSONNumber] = []
  private(set) var lengths: Set<Int> = []
  private(set) var patterns: [Pattern] = []
  private(set) var formats: [Format] = []
  private(set) var readsSpelling = false

  private(set) var elementCounts: Set<Int> = []
  private(set) var elements: [(prefix: [SchemaNode.ID], rest: SchemaNode.ID?)] = []
  private(set) var contained: [SchemaNode.ID] = []

  private(set) var memberCounts: Set<Int> = []
  private(set) var required: [String] = []
  private(set) var dependent: [(String, [String])] = []
  private(set) var members: [MemberRules] = []
  private(set) var memberNames: [SchemaNode.ID] = []

  /// How many values are tried of one list.
  private static let listLimit = 200
  /// Counts beyond this are out of reach, and as good as this one.
  private static let countLimit = 1 << 40

  init(_ nodes: [SchemaNode.ID], of program: SchemaProgram) {
    for id in nodes {
      let node = program.nodes[id]
      for assertion in node.assertions { add(assertion.rule) }
      for annotation in node.annotations {
        if annotation.keyword == "examples" { values += annotation.value.array?.prefix(20) ?? [] }
        if annotation.keyword == "default" { values.append(annotation.value) }
      }
    }
  }

  func mayBe(_ type: String) -> Bool { types?.contains(type) ?? true }

  private mutating func add(_ rule: Rule) {
    switch rule {
    case .type(let names): types = types?.intersection(names) ?? Set(names)
    case .typeAsWritten(let names):
      readsSpelling = true
      types = types?.intersection(names) ?? Set(names)
    case .oneOfValues(let list, _): values += list.prefix(SchemaFacets.listLimit)
    case .constant(let value): values.append(value)
    case .limit(_, let number): limits.append(number)
    case .multiple(let step, _): steps.append(step)
    case .length(_, let count): lengths.insert(min(count, SchemaFacets.countLimit))
    case .pattern(let pattern): patterns.append(pattern)
    case .format(let format): formats.append(format)
    case .elementCount(_, let count): elementCounts.insert(min(count, SchemaFacets.countLimit))
    case .elements(let prefix, let rest): elements.append((prefix, rest))
    case .unevaluatedElements(let node): elements.append(([], node))
    case .contains(let node, let least, let most):
      contained.append(node)
      elementCounts.formUnion([least, most ?? least].map { min($0, SchemaFacets.countLimit) })
    case .memberCount(_, let count): memberCounts.insert(min(count, SchemaFacets.countLimit))
    case .required(let names): required += names
    case .dependentRequired(let rules): dependent += rules
    case .dependentSchemas(let list): dependent += list.map { ($0.0, []) }
    case .members(let rules): members.append(rules)
    case .memberNames(let node): memberNames.append(node)
    default: break
    }
  }

  /// The schemas that hold for an element at an index.
  func elementNodes(at index: Int) -> Set<SchemaNode.ID> {
    Set(elements.compactMap { index < $0.prefix.count ? $0.prefix[index] : $0.rest })
  }

  /// From which index on all elements have the same schemas.
  var elementPrefix: Int { elements.map(\.prefix.count).max() ?? 0 }

  /// The schemas that hold for a member of a name.
  func memberNodes(for name: String) -> Set<SchemaNode.ID> {
    Set(members.flatMap { $0.nodes(for: name) ?? [] })
  }

  /// The names that something is said of.
  var names: Set<String> {
    Set(members.flatMap(\.named.keys)).union(required)
      .union(dependent.flatMap { [$0.0] + $0.1 })
  }

  /// The patterns that names are compared with.
  var namePatterns: [Pattern] { members.flatMap { $0.matching.map(\.0) } }
}
