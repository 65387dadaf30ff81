import JSON

/// Applies a program to one value: the reference that says what a schema means.
struct Evaluator {
  /// What is wanted of a run.
  enum Mode {
    /// Only whether the value is valid: stops at the first violation.
    case verdict
    /// Every violation, in words.
    case violations
    /// What each schema and keyword had to say, for the output formats.
    case trace
  }

  let program: SchemaProgram
  var mode: Mode
  var violations: [SchemaViolation] = []
  /// How many of them are looked for.
  private let violationLimit: Int
  /// Whether there are more.
  private(set) var isCut = false
  /// The open units, outermost first (mode `trace` only).
  var units: [TraceUnit] = []
  /// Where in the value; kept only where there is something to report.
  private(set) var path: [PathStep] = []
  /// The resources entered on the way to the node in hand, outermost first (`$dynamicRef`).
  private(set) var scopes: [Int] = []
  private var depth = 0
  /// How many schemas have been applied inside each other to the value in hand.
  private var chain = 0
  /// How many schemas have been applied so far.
  private(set) var steps = 0
  /// How many schemas may be applied to the value in hand; grows with it where it is large.
  private var stepLimit = 0
  /// How many alternatives are being described inside each other.
  private var openBranches = 0
  /// How many schemas have been applied to describe alternatives.
  private var branchSteps = 0
  private var limit: String?
  /// The value of the run, until its parts have been counted.
  private var root: JSONValue?

  /// Whether a limit was reached, so that the verdict means nothing.
  var gaveUp: Bool { limit != nil }

  /// A name or an index; turned into text only when there is something to report.
  enum PathStep {
    /// Of a member that the schema lists.
    case name(String)
    /// Of another member.
    case otherName(String)
    case index(Int)

    var token: String {
      switch self {
      case .name(let name), .otherName(let name): name
      case .index(let index): String(index)
      }
    }

    /// `*` for all but members that the schema lists.
    var generalToken: String { if case .name(let name) = self { name } else { "*" } }
  }

  /// How many schemas may be applied inside each other: keeps the machine's stack whole.
  private static let depthLimit = SchemaProgram.chainLimit
  /// How many schemas may be applied besides those that a large value needs: bounds schemas that
  /// double at each level. To say why takes more time and memory than a verdict.
  private var leastSteps: Int { patience ?? (mode == .verdict ? 1_000_000 : 200_000) }
  /// How many schemas may be applied for each value inside the value in hand.
  private static let stepsPerValue = 20
  /// How many schemas may be applied to tell why alternatives do not match; of further ones it is
  /// only told that they do not.
  private static let branchStepLimit = 50_000

  /// How many schemas may be applied instead of the usual number.
  private let patience: Int?

  init(program: SchemaProgram, mode: Mode, limit: Int = .max, patience: Int? = nil) {
    self.program = program
    self.mode = mode
    violationLimit = limit
    self.patience = patience
  }

  @discardableResult
  mutating func run(_ value: JSONValue) -> Bool {
    var evaluated = Evaluated()
    stepLimit = leastSteps
    root = value
    openSchemaUnit([], program.nodes[program.root])
    let isValid = apply(program.root, to: value, &evaluated)
    closeUnit(isValid: isValid)
    guard let limit else { return isValid }
    // What was found before the limit may be wrong, such as inside a `not`.
    let root = program.nodes[program.root]
    violations = [
      SchemaViolation(
        instance: .root, generalInstance: .root, schema: root.pointer, keyword: "limit",
        expected:
          "a value and schema that nest at most \(Evaluator.depthLimit) levels and need at most \(stepLimit) steps",
        found: limit)
    ]
    return false
  }

  /// Applies one node; what it evaluated counts only where the result is true.
  mutating func apply(_ id: SchemaNode.ID, to value: JSONValue, _ evaluated: inout Evaluated)
    -> Bool
  {
    steps += 1
    if openBranches > 0 { branchSteps += 1 }
    if steps > stepLimit { raiseLimit() }
    guard limit == nil, steps <= stepLimit, depth < Evaluator.depthLimit else {
      exceed(at: id)
      return false
    }
    let node = program.nodes[id]
    if let verdict = node.verdict {
      if !verdict { report(node, [], "false", "no value here", Phrase.value(value)) }
      return verdict
    }
    depth += 1
    chain += 1
    let isNewScope = scopes.last != node.resource
    if isNewScope { scopes.append(node.resource) }
    defer {
      depth -= 1
      chain -= 1
      if isNewScope { scopes.removeLast() }
    }
    var isValid = true
    for assertion in node.assertions {
      // What a failed schema has looked at does not count, so all of it would seem unevaluated.
      if !isValid, assertion.rule.asksWhatIsEvaluated { break }
      guard !check(assertion, of: node, value, &evaluated) else { continue }
      isValid = false
      if mode == .verdict { break }
    }
    if mode == .trace { annotate(node, value) }
    return isValid
  }

  /// Gives a large value the steps that it needs; only then are its parts counted.
  private mutating func raiseLimit() {
    guard let value = root else { return }
    root = nil
    stepLimit += Evaluator.stepsPerValue * value.count
  }

  private mutating func exceed(at id: SchemaNode.ID) {
    guard limit == nil else { return }
    let pointer = program.nodes[id].pointer
    // More schemas on one value than there are: one of them has come round again.
    limit =
      chain > program.nodes.count
      ? "that \(pointer == .root ? "#" : pointer.description) applies itself to the same value for ever"
      : "more"
  }

  /// Applies a node to a member or element.
  mutating func descend(
    _ step: PathStep, _ id: SchemaNode.ID, from node: SchemaNode, _ value: JSONValue
  ) -> Bool {
    var evaluated = Evaluated()
    let outerChain = chain
    chain = 0
    defer { chain = outerChain }
    guard mode != .verdict else { return apply(id, to: value, &evaluated) }
    path.append(step)
    defer { path.removeLast() }
    return enter(id, from: node, via: nil, value, &evaluated)
  }

  /// Applies a node to the same value and keeps what it evaluated where it is valid.
  ///
  /// - Parameter keyword: The keyword of a reference; nil where the node stands inside this one.
  mutating func adjoin(
    _ id: SchemaNode.ID, from node: SchemaNode, via keyword: String? = nil, _ value: JSONValue,
    _ evaluated: inout Evaluated
  ) -> Bool {
    var own = Evaluated()
    let isValid =
      mode == .verdict
      ? apply(id, to: value, &own) : enter(id, from: node, via: keyword, value, &own)
    guard isValid else { return false }
    if program.tracksEvaluated { evaluated.merge(own) }
    return true
  }

  private mutating func enter(
    _ id: SchemaNode.ID, from node: SchemaNode, via keyword: String?, _ value: JSONValue,
    _ evaluated: inout Evaluated
  ) -> Bool {
    guard mode == .trace else { return apply(id, to: value, &evaluated) }
    let place = program.nodes[id].place
    openSchemaUnit(keyword.map { [$0] } ?? place.tokens(below: node.place), program.nodes[id])
    let isValid = apply(id, to: value, &evaluated)
    closeUnit(isValid: isValid)
    return isValid
  }

  /// Like `adjoin`, but says nothing of violations: for tests that may fail.
  mutating func probe(
    _ id: SchemaNode.ID, from node: SchemaNode, _ value: JSONValue, _ evaluated: inout Evaluated
  ) -> Bool {
    let outer = mode
    if mode == .violations { mode = .verdict }
    defer { mode = outer }
    return adjoin(id, from: node, value, &evaluated)
  }

  /// Begins to look at an alternative; only a verdict is asked for where enough has been told.
  ///
  /// - Returns: The mode that `closeBranch` goes back to. No closure stands between the two, since
  ///   each takes room on the stack at every level.
  mutating func openBranch() -> Mode {
    let outer = mode
    if mode == .violations {
      openBranches += 1
      if branchSteps >= Evaluator.branchStepLimit { mode = .verdict }
    }
    return outer
  }

  mutating func closeBranch(_ outer: Mode) {
    if outer == .violations { openBranches -= 1 }
    mode = outer
  }

  /// The node that an anchor means in the outermost resource in scope that has it.
  func dynamicTarget(_ anchor: String) -> SchemaNode.ID? {
    for scope in scopes { if let node = program.scopes[scope][anchor] { return node } }
    return nil
  }

  /// Notes a violation; always false, so that a check can end with it.
  ///
  /// - Parameters:
  ///   - steps: From the node to the offending place in the schema.
  ///   - details: Sets what only some keywords say.
  @discardableResult
  mutating func report(
    _ node: SchemaNode, _ steps: @autoclosure () -> [String], _ keyword: String,
    _ expected: @autoclosure () -> String, _ found: @autoclosure () -> String,
    at step: PathStep? = nil, details: (inout SchemaViolation) -> Void = { _ in }
  ) -> Bool {
    guard mode != .verdict else { return false }
    if mode == .violations, openBranches == 0, violations.count >= violationLimit {
      // A verdict ends at the first violation, and this is one.
      isCut = true
      mode = .verdict
      return false
    }
    let place = step.map { path + [$0] } ?? path
    let instance = place.map(\.token)
    let steps = steps()
    let schema = node.place
    var violation = SchemaViolation(
      instance: JSONPointer(instance), generalInstance: JSONPointer(place.map(\.generalToken)),
      schema: JSONPointer(schema.tokens(below: nil) + steps),
      keyword: keyword, expected: expected(), found: found(),
      document: schema.document == 0 ? nil : program.documents[schema.document])
    details(&violation)
    if mode == .trace {
      addError(violation.reason, node, steps, instance: instance)
    } else {
      violations.append(violation)
    }
    return false
  }

  /// Runs a check whose violations are only demanded under a condition, which they then say.
  mutating func under(
    _ condition: @autoclosure () -> String, _ check: (inout Evaluator) -> Bool
  ) -> Bool {
    let known = violations.count
    guard !check(&self) else { return true }
    for index in violations.indices.dropFirst(known) where violations[index].condition == nil {
      violations[index].condition = condition()
    }
    return false
  }
}

extension JSONValue {
  /// How many values it consists of, itself included.
  fileprivate var count: Int {
    switch self {
    case .array(let elements): elements.reduce(1) { $0 + $1.count }
    case .object(let members): members.values.reduce(1) { $0 + $1.count }
    default: 1
    }
  }
}

extension Rule {
  /// Whether it depends on what the other keywords have looked at.
  fileprivate var asksWhatIsEvaluated: Bool {
    switch self {
    case .unevaluatedMembers, .unevaluatedElements: true
    default: false
    }
  }
}
