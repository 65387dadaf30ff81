import JSON

extension CompiledSchema {
  /// The members that the schema names for the value itself, with the JSON types that each may
  /// have: `null`, `boolean`, `integer`, `number`, `string`, `array`, `object`.
  ///
  /// `number` includes `integer`, and both are listed then. References and `allOf` narrow the
  /// types, `anyOf`, `oneOf` and `if` widen them; `enum` and `const` count by their values. A member
  /// without any limit has all seven.
  public var memberTypes: [String: Set<String>] {
    var walk = MemberTypes(program: program)
    walk.read(program.root)
    return walk.members
  }
}

extension CompiledSchema {
  /// The members that the schema names for the value itself of which it limits nothing but numbers:
  /// those without any limit of types that have `minimum`, `maximum`, their exclusive kin or
  /// `multipleOf`. Where texts have to be taken for values, these are meant as numbers.
  public var numericMembers: Set<String> {
    var walk = MemberTypes(program: program)
    walk.read(program.root)
    return walk.numeric.filter { walk.members[$0] == MemberTypes.all }
  }
}

/// Reads what a schema says about the types of members, as far as it can be told without a value.
private struct MemberTypes {
  fileprivate static let all: Set = [
    "null", "boolean", "integer", "number", "string", "array", "object",
  ]

  let program: SchemaProgram
  private(set) var members: [String: Set<String>] = [:]
  /// The members of which limits of numbers are demanded.
  private(set) var numeric: Set<String> = []
  /// Keeps schemas that refer to themselves from being read for ever.
  private var visited: Set<SchemaNode.ID> = []
  private var known: [SchemaNode.ID: Set<String>] = [:]
  /// How many schemas are being read inside each other; dynamic references may lead far.
  private var depth = 0

  init(program: SchemaProgram) { self.program = program }

  /// Takes in the members of a schema that has to match.
  mutating func read(_ id: SchemaNode.ID) {
    guard depth < SchemaProgram.chainLimit, visited.insert(id).inserted else { return }
    depth += 1
    defer { depth -= 1 }
    for assertion in program.nodes[id].assertions {
      switch assertion.rule {
      case .members(let rules):
        for (name, child) in rules.named {
          let types = types(of: child)
          members[name] = members[name].map { $0.intersection(types) } ?? types
          if limitsNumbers(child) { numeric.insert(name) }
        }
      case .reference(let target), .dynamicReference(let target, _): read(target)
      case .all(let nodes): for node in nodes { read(node) }
      case .any(let nodes), .exactlyOne(let nodes): readBranches(nodes)
      case .conditional(_, let then, let otherwise):
        readBranches([then, otherwise].compactMap { $0 })
      case .dependentSchemas(let schemas): readBranches(schemas.map(\.1))
      default: continue
      }
    }
  }

  /// Of branches only some have to match, so each adds to what the others say.
  private mutating func readBranches(_ nodes: [SchemaNode.ID]) {
    let before = members
    var widened: [String: Set<String>] = [:]
    for node in nodes {
      members = [:]
      read(node)
      widened.merge(members) { $0.union($1) }
    }
    // What holds in any case is the narrower.
    members = before.merging(widened) { sure, _ in sure }
  }

  /// Whether a schema, or one that it applies to the same value, has a limit of numbers.
  private func limitsNumbers(_ id: SchemaNode.ID) -> Bool {
    program.inPlace([id]).contains { node in
      program.nodes[node].assertions.contains { assertion in
        switch assertion.rule {
        case .limit, .multiple: true
        default: false
        }
      }
    }
  }

  private mutating func types(of id: SchemaNode.ID) -> Set<String> {
    if let known = known[id] { return known }
    let node = program.nodes[id]
    if let verdict = node.verdict { return verdict ? MemberTypes.all : [] }
    guard depth < SchemaProgram.chainLimit else { return MemberTypes.all }
    depth += 1
    defer { depth -= 1 }
    // What a schema says of itself limits nothing.
    known[id] = MemberTypes.all
    var types = MemberTypes.all
    for assertion in node.assertions {
      switch assertion.rule {
      case .type(let names), .typeAsWritten(let names):
        types.formIntersection(names.contains("number") ? names + ["integer"] : names)
      case .constant(let value): types.formIntersection([value.typeName])
      case .oneOfValues(let values, _): types.formIntersection(values.map(\.typeName))
      case .reference(let target), .dynamicReference(let target, _):
        types.formIntersection(self.types(of: target))
      case .all(let nodes):
        for child in nodes { types.formIntersection(self.types(of: child)) }
      case .any(let nodes), .exactlyOne(let nodes):
        var union: Set<String> = []
        for child in nodes { union.formUnion(self.types(of: child)) }
        types.formIntersection(union)
      default: continue
      }
    }
    known[id] = types
    return types
  }
}
