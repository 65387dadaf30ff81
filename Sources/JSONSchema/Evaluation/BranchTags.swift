import JSON

/// How a value's members fit the constants (`const`, `enum`) that a branch demands of them: what
/// tells apart branches such as those of `{"kind": "circle", …}`.
struct BranchTags {
  private(set) var fitting: Set<String> = []
  private(set) var unfitting: Set<String> = []

  /// Looks at the properties of a branch, through references and `allOf`.
  init(of branch: SchemaNode.ID, _ value: JSONValue, _ program: SchemaProgram) {
    guard case .object(let members) = value else { return }
    read(branch, members, program, depth: 0)
  }

  /// Schemas that are read inside each other.
  private static let depthLimit = 16

  private mutating func read(
    _ id: SchemaNode.ID, _ members: [String: JSONValue], _ program: SchemaProgram, depth: Int
  ) {
    guard depth < BranchTags.depthLimit else { return }
    for assertion in program.nodes[id].assertions {
      switch assertion.rule {
      case .members(let rules):
        for (name, child) in rules.named {
          guard let value = members[name],
            let fits = BranchTags.admits(child, value, program, depth: depth)
          else { continue }
          if fits { fitting.insert(name) } else { unfitting.insert(name) }
        }
      case .reference(let target): read(target, members, program, depth: depth + 1)
      case .all(let nodes) where nodes.count <= BranchTags.depthLimit:
        for node in nodes { read(node, members, program, depth: depth + 1) }
      default: continue
      }
    }
  }

  /// Whether a schema's constants admit a value; nil where it has none.
  private static func admits(
    _ id: SchemaNode.ID, _ value: JSONValue, _ program: SchemaProgram, depth: Int
  ) -> Bool? {
    guard depth < depthLimit else { return nil }
    for assertion in program.nodes[id].assertions {
      switch assertion.rule {
      case .constant(let constant): return constant == value
      case .oneOfValues(_, let values): return values.contains(value)
      case .reference(let target): return admits(target, value, program, depth: depth + 1)
      default: continue
      }
    }
    return nil
  }
}

extension BranchTags {
  /// How well a branch's constants fit among those of others: one for each member that fits here and
  /// not everywhere, less one for each that fits elsewhere only.
  func score(among all: [BranchTags]) -> Int {
    discriminating(among: all).count
      - unfitting.count { name in all.contains { $0.fitting.contains(name) } }
  }

  /// The members that fit here and not everywhere, by name.
  func discriminating(among all: [BranchTags]) -> [String] {
    fitting.filter { name in all.contains { !$0.fitting.contains(name) } }.sorted()
  }

  /// The first member by name whose constants fit in none of the branches, and are demanded by all.
  static func common(_ all: [BranchTags]) -> String? {
    guard all.count > 1, let first = all.first else { return nil }
    return first.unfitting.sorted().first { name in all.allSatisfy { $0.unfitting.contains(name) } }
  }
}
