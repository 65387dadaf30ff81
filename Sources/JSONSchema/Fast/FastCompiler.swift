import JSON

/// Makes a `FastProgram` of a `SchemaProgram`.
struct FastCompiler {
  /// A keyword that a `FastProgram` does not know; `Evaluator` does the whole work then.
  struct Unsupported: Error {}

  let source: SchemaProgram
  let memory = FastMemory()
  private var nodes: [FastNode] = []
  private var assertions: [FastProgram.Assertion] = []
  private var patterns: [Pattern] = []

  private let aliases: [Int32]
  private var patternNumbers: [ObjectIdentifier: Int32] = [:]

  private init(_ source: SchemaProgram) {
    self.source = source
    aliases = FastCompiler.aliases(source)
  }

  /// Nil where the schema uses what only `Evaluator` understands.
  static func program(_ source: SchemaProgram) -> FastProgram? {
    guard !source.tracksEvaluated, !source.nodes.isEmpty else { return nil }
    var compiler = FastCompiler(source)
    do {
      for id in source.nodes.indices { compiler.nodes.append(try compiler.node(id)) }
    } catch { return nil }
    return FastProgram(
      nodes: compiler.memory.store(compiler.nodes), root: compiler.alias(source.root),
      assertions: compiler.assertions, patterns: compiler.patterns, memory: compiler.memory)
  }

  /// The node that stands for another: what is only a reference is what it refers to, and what
  /// admits everything needs no node (−1).
  func alias(_ id: SchemaNode.ID) -> Int32 { aliases[id] }

  /// The alias of every node; chains of references are followed once.
  private static func aliases(_ source: SchemaProgram) -> [Int32] {
    let unknown = Int32.min
    var aliases = [Int32](repeating: unknown, count: source.nodes.count)
    for start in source.nodes.indices where aliases[start] == unknown {
      var chain: [SchemaNode.ID] = []
      var id = start
      // References in a circle are refused when a schema is compiled.
      while aliases[id] == unknown, source.nodes[id].assertions.count == 1,
        case .reference(let target)? = source.nodes[id].assertions.first?.rule
      {
        chain.append(id)
        id = target
      }
      if aliases[id] == unknown {
        let node = source.nodes[id]
        let admitsAll = node.verdict == true || (node.verdict == nil && node.assertions.isEmpty)
        aliases[id] = admitsAll ? -1 : Int32(id)
      }
      for link in chain { aliases[link] = aliases[id] }
    }
    return aliases
  }

  /// A number for the failure of a keyword.
  ///
  /// - Parameter steps: From the node to the place that a violation names; nil for the keyword's.
  mutating func assertion(_ id: SchemaNode.ID, _ keyword: String, steps: [String]? = nil) -> Int32 {
    assertions.append(FastProgram.Assertion(node: id, keyword: keyword, steps: steps))
    return Int32(assertions.count - 1)
  }

  mutating func pattern(_ pattern: Pattern) -> Int32 {
    if let known = patternNumbers[ObjectIdentifier(pattern)] { return known }
    patterns.append(pattern)
    patternNumbers[ObjectIdentifier(pattern)] = Int32(patterns.count - 1)
    return Int32(patterns.count - 1)
  }

  private mutating func node(_ id: SchemaNode.ID) throws(Unsupported) -> FastNode {
    let schema = source.nodes[id]
    var node = FastNode()
    if schema.verdict == false {
      node.kinds = []
      node.kindAssertion = assertion(id, "false", steps: [])
    }
    var draft = Draft()
    for assertion in schema.assertions {
      try add(assertion, of: id, to: &node, &draft)
    }
    node.object = try object(draft)
    if let array = draft.array { node.array = memory.store([array]) }
    if let string = draft.string { node.string = memory.store([string]) }
    if let number = draft.number { node.number = memory.store([number]) }
    if !draft.applicators.isEmpty {
      node.applicators = memory.store(draft.applicators)
      node.applicatorCount = Int32(draft.applicators.count)
    }
    return node
  }

  /// The parts of a node while its keywords are gone through.
  struct Draft {
    var members: MemberRules?
    var required: [String] = []
    var requiredAssertion: Int32 = -1
    var matching: [FastMatch] = []
    var additionalAssertion: Int32 = -1
    var memberNames: (node: SchemaNode.ID, assertion: Int32)?
    var memberCounts: [(Bound, Int, Int32)] = []
    var dependentRequired: [(name: String, required: [String], assertion: Int32)] = []
    var dependentSchemas: [(name: String, node: SchemaNode.ID, assertion: Int32)] = []
    var array: FastArray?
    var string: FastString?
    var number: FastNumber?
    var applicators: [FastApplicator] = []

    var hasObject: Bool {
      members != nil || !required.isEmpty || memberNames != nil || !memberCounts.isEmpty
        || !dependentRequired.isEmpty || !dependentSchemas.isEmpty
    }
  }

  private mutating func add(
    _ item: Assertion, of id: SchemaNode.ID, to node: inout FastNode, _ draft: inout Draft
  ) throws(Unsupported) {
    let number = assertion(id, item.keyword)
    switch item.rule {
    // Whether 1.0 is an integer is left to the evaluator in any case.
    case .type(let names), .typeAsWritten(let names):
      node.kinds = []
      for name in names { node.kinds.formUnion(try FastCompiler.kinds(name)) }
      node.kindAssertion = number
    case .oneOfValues(let values, _): node.values = try self.values(values, node.values, number)
    case .constant(let value): node.values = try self.values([value], node.values, number)
    case .length, .pattern, .format: addString(item.rule, number, &draft)
    case .limit, .multiple: try addNumber(item.rule, number, &draft)
    case .members(let rules):
      draft.members = rules
      draft.additionalAssertion = assertion(id, "additionalProperties")
      draft.matching = rules.matching.map { pair in
        FastMatch(pattern: pattern(pair.0), node: alias(pair.1))
      }
    case .memberNames(let node): draft.memberNames = (node, number)
    case .memberCount(let bound, let count): draft.memberCounts.append((bound, count, number))
    case .required(let names):
      draft.required = names
      draft.requiredAssertion = number
    case .dependentRequired(let list):
      for (name, required) in list {
        let number = assertion(id, item.keyword, steps: [item.keyword, name])
        draft.dependentRequired.append((name, required, number))
      }
    case .dependentSchemas(let list):
      for (name, node) in list { draft.dependentSchemas.append((name, node, number)) }
    case .elements, .elementCount, .contains, .unique:
      try addArray(item.rule, number, of: id, &draft)
    case .reference(let target): addApplicator(.all, [target], number, &draft)
    case .all(let list): addApplicator(.all, list, number, &draft)
    case .any(let list): addApplicator(.any, list, number, &draft)
    case .exactlyOne(let list): addApplicator(.exactlyOne, list, number, &draft)
    case .not(let node): addApplicator(.not, [node], number, &draft)
    case .conditional(let condition, let then, let otherwise):
      let nodes = [condition, then, otherwise].map { $0.map { alias($0) } ?? -1 }
      draft.applicators.append(
        FastApplicator(
          kind: .conditional, nodes: memory.store(nodes), count: 3, assertion: number))
    case .dynamicReference, .unevaluatedMembers, .unevaluatedElements, .content:
      throw Unsupported()
    }
  }

  private static func kinds(_ name: String) throws(Unsupported) -> KindSet {
    switch name {
    case "object": .object
    case "array": .array
    case "string": .string
    case "integer": .integer
    case "number": [.integer, .fraction]
    case "boolean": .boolean
    case "null": .null
    default: throw Unsupported()
    }
  }

  private func addApplicator(
    _ kind: FastApplicator.Kind, _ list: [SchemaNode.ID], _ number: Int32, _ draft: inout Draft
  ) {
    var nodes = list.map { alias($0) }
    // What has been asked once need not be asked again, unless it is counted.
    if kind != .exactlyOne {
      var known: Set<Int32> = []
      nodes.removeAll { !known.insert($0).inserted }
    }
    draft.applicators.append(
      FastApplicator(
        kind: kind, nodes: memory.store(nodes), count: Int32(nodes.count), assertion: number))
  }
}
