import JSON

/// Everything that a schema demands at once: its own assertions and those of the schemas that `$ref`
/// and `allOf` add, gathered by kind.
struct Conjunction {
  /// What a keyword demands, and where.
  struct Demand {
    let rule: Rule
    let keyword: String
    let node: SchemaNode.ID
  }

  /// nil where any type will do. A whole number is an `integer`, any other a `fraction`.
  private(set) var types: Set<String>?
  /// The greatest lower and the least upper bounds, by keyword.
  private(set) var counts: [String: Int] = [:]
  private(set) var lower: (number: JSONNumber, isExclusive: Bool)?
  private(set) var upper: (number: JSONNumber, isExclusive: Bool)?
  private(set) var required: Set<String> = []
  /// nil where there is neither `enum` nor `const`.
  private(set) var values: [JSONValue]?
  private(set) var others: [Demand] = []
  /// Whether nothing is valid.
  private(set) var isNever = false
  /// Whether it asks what other keywords have looked at, so that parts cannot be taken alone.
  private(set) var isEntangled = false

  /// Whether everything is valid.
  var isAlways: Bool {
    !isNever && !isEntangled && types == nil && counts.isEmpty && lower == nil && upper == nil
      && required.isEmpty && values == nil && others.isEmpty
  }

  init(_ id: SchemaNode.ID, of program: SchemaProgram) {
    var seen: Set<SchemaNode.ID> = []
    var open = [id]
    while let next = open.popLast() {
      guard seen.insert(next).inserted else { continue }
      let node = program.nodes[next]
      if node.verdict == false { isNever = true }
      for assertion in node.assertions { add(assertion, next, &open) }
    }
  }

  private mutating func add(
    _ assertion: Assertion, _ node: SchemaNode.ID, _ open: inout [SchemaNode.ID]
  ) {
    switch assertion.rule {
    case .reference(let target): open.append(target)
    case .all(let nodes): open += nodes.reversed()
    case .type(let names), .typeAsWritten(let names):
      if case .typeAsWritten = assertion.rule {
        others.append(Demand(rule: assertion.rule, keyword: assertion.keyword, node: node))
      }
      var expanded = Set(names)
      if expanded.contains("number") { expanded.formUnion(["integer", "fraction"]) }
      expanded.remove("number")
      types = types?.intersection(expanded) ?? expanded
    case .length(let bound, let count): addCount(bound, "Length", count)
    case .memberCount(let bound, let count): addCount(bound, "Properties", count)
    case .elementCount(let bound, let count): addCount(bound, "Items", count)
    case .limit(let limit, let number): addLimit(limit, number)
    case .required(let names): required.formUnion(names)
    case .constant(let value): addValues([value])
    case .oneOfValues(let list, _): addValues(list)
    case .unevaluatedMembers, .unevaluatedElements, .dynamicReference:
      isEntangled = true
      others.append(Demand(rule: assertion.rule, keyword: assertion.keyword, node: node))
    default: others.append(Demand(rule: assertion.rule, keyword: assertion.keyword, node: node))
    }
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
    let isExclusive = limit == .exclusiveMinimum || limit == .exclusiveMaximum
    if limit == .minimum || limit == .exclusiveMinimum {
      guard let old = lower else {
        lower = (number, isExclusive)
        return
      }
      if old.number < number || (old.number == number && isExclusive) {
        lower = (number, isExclusive)
      }
    } else {
      guard let old = upper else {
        upper = (number, isExclusive)
        return
      }
      if number < old.number || (old.number == number && isExclusive) {
        upper = (number, isExclusive)
      }
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
