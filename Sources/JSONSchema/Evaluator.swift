import JSON

/// Applies a program to one value.
struct Evaluator {
  let program: SchemaProgram
  /// Whether to describe every violation or to stop at the first.
  var isCollecting: Bool
  private(set) var violations: [SchemaViolation] = []
  private var path: [PathStep] = []
  /// The resources entered on the way to the node in hand, outermost first (`$dynamicRef`).
  private(set) var scopes: [Int] = []
  private var depth = 0
  private var steps = 0
  private var gaveUp = false

  /// A name or an index; turned into text only when there is something to report.
  enum PathStep {
    case name(String)
    case index(Int)
  }

  /// How many schemas may be applied inside each other: keeps the machine's stack whole.
  private static let depthLimit = 1_500
  /// How many schemas may be applied to one value: bounds schemas that double at each level.
  private static let stepLimit = 10_000_000

  init(program: SchemaProgram, isCollecting: Bool) {
    self.program = program
    self.isCollecting = isCollecting
  }

  @discardableResult
  mutating func run(_ value: JSONValue) -> Bool {
    var evaluated = Evaluated()
    let isValid = apply(program.root, to: value, &evaluated)
    guard gaveUp else { return isValid }
    // What was found before the limit may be wrong, such as inside a `not`.
    let root = program.nodes[program.root]
    violations = [
      SchemaViolation(
        instance: .root, schema: root.pointer, keyword: "limit",
        expected:
          "a value and schema that nest at most \(Evaluator.depthLimit) levels and need at most \(Evaluator.stepLimit) steps",
        found: "more")
    ]
    return false
  }

  /// Applies one node; what it evaluated counts only where the result is true.
  mutating func apply(_ id: SchemaNode.ID, to value: JSONValue, _ evaluated: inout Evaluated)
    -> Bool
  {
    steps += 1
    guard !gaveUp, steps <= Evaluator.stepLimit, depth < Evaluator.depthLimit else {
      gaveUp = true
      return false
    }
    let node = program.nodes[id]
    if let verdict = node.verdict {
      if !verdict { report(node.pointer, "false", "no value here", Phrase.value(value)) }
      return verdict
    }
    depth += 1
    let isNewScope = scopes.last != node.resource
    if isNewScope { scopes.append(node.resource) }
    defer {
      depth -= 1
      if isNewScope { scopes.removeLast() }
    }
    var isValid = true
    for assertion in node.assertions where !check(assertion, of: node, value, &evaluated) {
      isValid = false
      if !isCollecting { break }
    }
    return isValid
  }

  /// Applies a node to a member or element.
  mutating func descend(_ step: PathStep, _ id: SchemaNode.ID, _ value: JSONValue) -> Bool {
    path.append(step)
    defer { path.removeLast() }
    var evaluated = Evaluated()
    return apply(id, to: value, &evaluated)
  }

  /// Applies a node to the same value and keeps what it evaluated where it is valid.
  mutating func adjoin(_ id: SchemaNode.ID, _ value: JSONValue, _ evaluated: inout Evaluated)
    -> Bool
  {
    var own = Evaluated()
    guard apply(id, to: value, &own) else { return false }
    if program.tracksEvaluated { evaluated.merge(own) }
    return true
  }

  /// Like `adjoin`, but says nothing of violations: for alternatives.
  mutating func probe(_ id: SchemaNode.ID, _ value: JSONValue, _ evaluated: inout Evaluated) -> Bool
  {
    let wasCollecting = isCollecting
    isCollecting = false
    defer { isCollecting = wasCollecting }
    return adjoin(id, value, &evaluated)
  }

  /// The node that an anchor means in the outermost resource in scope that has it.
  func dynamicTarget(_ anchor: String) -> SchemaNode.ID? {
    for scope in scopes { if let node = program.scopes[scope][anchor] { return node } }
    return nil
  }

  /// Notes a violation; always false, so that a check can end with it.
  @discardableResult
  mutating func report(
    _ schema: @autoclosure () -> JSONPointer, _ keyword: String,
    _ expected: @autoclosure () -> String, _ found: @autoclosure () -> String,
    at step: PathStep? = nil
  ) -> Bool {
    guard isCollecting else { return false }
    let steps = step.map { path + [$0] } ?? path
    let instance = JSONPointer(
      steps.map {
        switch $0 {
        case .name(let name): name
        case .index(let index): String(index)
        }
      })
    violations.append(
      SchemaViolation(
        instance: instance, schema: schema(), keyword: keyword, expected: expected(),
        found: found()))
    return false
  }
}

/// Which members and elements of a value some schema has looked at (`unevaluated…`).
struct Evaluated {
  var names: Set<String> = []
  var allNames = false
  /// The elements before this index.
  var prefix = 0
  var indices: Set<Int> = []
  var allIndices = false

  mutating func merge(_ other: Evaluated) {
    names.formUnion(other.names)
    allNames = allNames || other.allNames
    prefix = max(prefix, other.prefix)
    indices.formUnion(other.indices)
    allIndices = allIndices || other.allIndices
  }
}
