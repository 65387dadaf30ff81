import JSON

/// Everything that schemas demand at once: their own assertions and those of the schemas that `$ref`
/// and `allOf` add, gathered by kind.
struct Conjunction {
  /// What a keyword demands, and where.
  struct Demand {
    let rule: Rule
    let keyword: String
    let node: SchemaNode.ID
  }

  /// Names of types as this comparison knows them: a whole number is an `integer`, any other a
  /// `fraction`.
  static let allTypes: Set = [
    "null", "boolean", "object", "array", "string", "integer", "fraction",
  ]

  /// The schemas whose demands were gathered.
  private(set) var nodes: Set<SchemaNode.ID> = []
  /// nil where any type will do.
  private(set) var types: Set<String>?
  /// The greatest lower and the least upper bounds, by keyword.
  private(set) var counts: [String: Int] = [:]
  private(set) var lower: NumberEnd?
  private(set) var upper: NumberEnd?
  private(set) var required: Set<ExactName> = []
  /// nil where there is neither `enum` nor `const`.
  private(set) var values: [JSONValue]?
  private(set) var others: [Demand] = []
  /// Whether nothing is valid.
  private(set) var isNever = false
  /// Whether it asks what other keywords have looked at, so that parts cannot be taken alone.
  private(set) var isEntangled = false
  /// How many alternatives are being gathered inside each other.
  private let depth: Int

  /// Whether everything is valid.
  var isAlways: Bool { types == nil && values == nil && demandsNothingElse }

  /// Whether there are no demands but those on type and value.
  var demandsNothingElse: Bool {
    !isNever && !isEntangled && counts.isEmpty && lower == nil && upper == nil && required.isEmpty
      && others.isEmpty
  }

  init(_ id: SchemaNode.ID, of program: SchemaProgram) { self.init([id], of: program) }

  /// - Parameters:
  ///   - roots: Schemas that all have to match; none admits everything.
  ///   - types: The only types that are meant; nil for all.
  init(
    _ roots: [SchemaNode.ID], types: Set<String>? = nil, of program: SchemaProgram, depth: Int = 0
  ) {
    self.types = types
    self.depth = depth
    var open = Array(roots.reversed())
    while let next = open.popLast() {
      guard nodes.insert(next).inserted else { continue }
      let node = program.nodes[next]
      if node.verdict == false { isNever = true }
      for assertion in node.withoutNeedlessEvaluation { add(assertion, next, &open, program) }
    }
  }

  private mutating func add(
    _ assertion: Assertion, _ node: SchemaNode.ID, _ open: inout [SchemaNode.ID],
    _ program: SchemaProgram
  ) {
    let demand = Demand(rule: assertion.rule, keyword: assertion.keyword, node: node)
    switch assertion.rule {
    case .reference(let target): open.append(target)
    case .all(let nodes): open += nodes.reversed()
    case .type(let names): addTypes(Conjunction.expanded(names))
    case .typeAsWritten(let names):
      others.append(demand)
      addTypes(Conjunction.expanded(names))
    case .length(let bound, let count): addCount(bound, "Length", count)
    case .memberCount(let bound, let count): addCount(bound, "Properties", count)
    case .elementCount(let bound, let count): addCount(bound, "Items", count)
    case .limit(let limit, let number): addLimit(limit, number)
    case .required(let names): required.formUnion(names.map(ExactName.init))
    case .constant(let value): addValues([value])
    case .oneOfValues(let list, _): addValues(list)
    case .any(let nodes), .exactlyOne(let nodes):
      // One alternative is none, and those of nothing but types or values are a list of these.
      guard nodes.count > 1 else {
        open += nodes
        return
      }
      switch PlainAlternatives(demand.rule, of: program, depth: depth) {
      case .types(let types): addTypes(types)
      case .values(let values): addValues(values)
      case nil: others.append(demand)
      }
    case .unevaluatedMembers, .unevaluatedElements, .dynamicReference:
      isEntangled = true
      others.append(demand)
    default: others.append(demand)
    }
  }

  /// The values of `enum` and `const` that `type` leaves; nil where there is neither.
  var admittedValues: [JSONValue]? {
    guard let types else { return values }
    return values?.filter { types.contains(Conjunction.typeName($0)) }
  }

  /// A value's type as this comparison knows it.
  static func typeName(_ value: JSONValue) -> String {
    let name = value.typeName
    return name == "number" ? "fraction" : name
  }

  private static func expanded(_ names: [String]) -> Set<String> {
    var types = Set(names)
    if types.remove("number") != nil { types.formUnion(["integer", "fraction"]) }
    return types
  }

  private mutating func addTypes(_ more: Set<String>) {
    types = types?.intersection(more) ?? more
  }

  private mutating func addCount(_ bound: Bound, _ noun: String, _ count: Int) {
    let key = (bound == .atLeast ? "min" : "max") + noun
    guard let old = counts[key] else {
      // At least none is no demand.
      if bound == .atMost || count > 0 { counts[key] = count }
      return
    }
    counts[key] = bound == .atLeast ? max(old, count) : min(old, count)
  }

  private mutating func addLimit(_ limit: Limit, _ number: JSONNumber) {
    let end = NumberEnd(
      number: number, isExclusive: limit == .exclusiveMinimum || limit == .exclusiveMaximum,
      isLower: limit == .minimum || limit == .exclusiveMinimum)
    if end.isLower {
      if lower.map(end.isTighter) ?? true { lower = end }
    } else {
      if upper.map(end.isTighter) ?? true { upper = end }
    }
  }

  private mutating func addValues(_ list: [JSONValue]) {
    guard let old = values else {
      values = list
      return
    }
    let both = Set(list)
    values = old.filter(both.contains)
  }
}
