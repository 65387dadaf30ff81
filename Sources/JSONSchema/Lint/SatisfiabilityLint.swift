import JSON

/// Looks in a compiled schema for what nothing can match: schemas, branches, conditions.
///
/// It says only what it has proven, with bounded work: a schema about which it is silent may still
/// admit nothing.
struct SatisfiabilityLint {
  struct Finding {
    let keyword: String
    /// Which branch of the keyword, from 0.
    var branch: Int?
    let statement: String
  }

  private let program: SchemaProgram
  private var prover: SubsetProver
  private var search: EmptinessSearch

  /// How many branches are looked at, and how many are compared each with each.
  private static let branchLimit = 64
  private static let pairLimit = 12
  /// How many values of a list are tried.
  private static let valueLimit = 200

  init(_ program: SchemaProgram) {
    self.program = program
    prover = SubsetProver(old: program, new: program)
    search = EmptinessSearch(program)
  }

  /// What is wrong with a schema.
  ///
  /// - Parameter has: Whether the schema itself has a keyword.
  mutating func findings(_ id: SchemaNode.ID, has: (String) -> Bool) -> [Finding] {
    guard search.mayGoOn else { return [] }
    let demands = search.gather([id])
    if let reason = search.reason(demands) {
      // Told where it stands.
      var isInherited = false
      for node in program.nodes[id].conjuncts where !isInherited { isInherited = isReported(node) }
      let keyword = reason.keywords.first(where: has)
      guard !isInherited, let keyword else { return [] }
      return [Finding(keyword: keyword, statement: reason.statement)]
    }
    if let finding = refusedValues(id, demands) { return [finding] }
    var findings: [Finding] = []
    for assertion in program.nodes[id].assertions {
      switch assertion.rule {
      case .not(let node):
        if prover.proves(.old, SubsetProver.Premise(nodes: [id]), node) {
          findings.append(
            Finding(
              keyword: "not",
              statement: "not excludes all that the rest admits, so nothing is valid"))
        }
      case .any(let nodes): findings += deadBranches("anyOf", nodes, beside: id)
      case .exactlyOne(let nodes):
        let dead = deadBranches("oneOf", nodes, beside: id)
        findings += dead
        if dead.isEmpty { findings += overlaps(nodes, demands) }
      case .conditional(let test, let then, let otherwise):
        let demands = search.gather([test])
        if then != nil, search.reason(demands) != nil {
          findings.append(
            Finding(keyword: "if", statement: "nothing matches if, so then has no effect"))
        }
        if otherwise != nil, demands.isAlways {
          findings.append(
            Finding(keyword: "if", statement: "everything matches if, so else has no effect"))
        }
      default: continue
      }
    }
    return findings
  }

  /// Whether a schema by itself is one that nothing matches, and no mere `false`.
  private mutating func isReported(_ id: SchemaNode.ID) -> Bool {
    program.nodes[id].verdict == nil && search.isEmpty([id])
  }

  /// For `enum` and `const`, whose values can be tried.
  private mutating func refusedValues(_ id: SchemaNode.ID, _ demands: Conjunction) -> Finding? {
    guard !program.hasDynamicReferences else { return nil }
    for assertion in program.nodes[id].assertions {
      let values: [JSONValue]
      switch assertion.rule {
      case .oneOfValues(let list, _): values = list
      case .constant(let value): values = [value]
      default: continue
      }
      guard !values.isEmpty, values.count <= SatisfiabilityLint.valueLimit,
        areRefused(values, id)
      else { continue }
      return Finding(
        keyword: assertion.keyword,
        statement: assertion.keyword == "const"
          ? "const is refused by the rest, so nothing is valid"
          : "enum has no value that the rest admits, so nothing is valid")
    }
    return nil
  }

  private mutating func areRefused(_ values: [JSONValue], _ id: SchemaNode.ID) -> Bool {
    for value in values where prover.admits(.old, [id], value) != false { return false }
    return true
  }

  /// Branches that nothing can match which the rest admits.
  private mutating func deadBranches(
    _ keyword: String, _ nodes: [SchemaNode.ID], beside id: SchemaNode.ID
  ) -> [Finding] {
    guard nodes.count <= SatisfiabilityLint.branchLimit else { return [] }
    var dead: [Int] = []
    for (index, node) in nodes.enumerated() {
      guard search.mayGoOn else { return [] }
      if search.isEmpty([id, node]) { dead.append(index) }
    }
    guard dead.count < nodes.count else {
      return [
        Finding(
          keyword: keyword,
          statement: "no branch of \(keyword) can match what the rest admits, so nothing is valid")
      ]
    }
    var findings: [Finding] = []
    for index in dead where !isReported(nodes[index]) {
      findings.append(
        Finding(
          keyword: keyword, branch: index,
          statement: "branch \(index + 1) of \(keyword) can match nothing that the rest admits"))
    }
    return findings
  }

  /// Branches of `oneOf` that never match alone.
  private mutating func overlaps(_ nodes: [SchemaNode.ID], _ demands: Conjunction) -> [Finding] {
    guard nodes.count <= SatisfiabilityLint.pairLimit else { return [] }
    func premise(_ node: SchemaNode.ID) -> SubsetProver.Premise {
      SubsetProver.Premise(nodes: [node], types: demands.types)
    }
    var findings: [Finding] = []
    for (index, node) in nodes.enumerated() {
      for (other, covering) in nodes.enumerated() where other != index {
        guard prover.proves(.old, premise(node), covering) else { continue }
        let isMutual = prover.proves(.old, premise(covering), node)
        // Of two that are equal, the second is told.
        guard !isMutual || other < index else { continue }
        findings.append(
          Finding(
            keyword: "oneOf", branch: index,
            statement: "whatever matches branch \(index + 1) of oneOf matches branch \(other + 1) "
              + "\(isMutual ? "and the other way round, so neither" : "too, so it never") matches alone"
          ))
        break
      }
    }
    return findings
  }
}

extension SchemaNode {
  /// The schemas that all have to match where it does.
  fileprivate var conjuncts: [SchemaNode.ID] {
    assertions.flatMap { assertion -> [SchemaNode.ID] in
      switch assertion.rule {
      case .reference(let node): [node]
      case .all(let nodes): nodes
      default: []
      }
    }
  }
}
