import JSON

/// Proves that what some schemas of one program admit together, a schema of the other admits as well.
///
/// A proof goes from demand to demand: each of the conclusion follows from the premise, if need be
/// after the premise was split into its alternatives or types. A goal that is met again inside one of
/// its own parts holds: values are finite, so what is assumed of a part has been shown before it is
/// needed. That nothing was proven says nothing.
struct SubsetProver {
  /// Whose schemas are the premise; the conclusion is one of the other program's.
  enum Side: Hashable {
    case old, new

    var other: Side { self == .old ? .new : .old }
  }

  /// Schemas that a value matches, all of them.
  struct Premise: Hashable {
    var nodes: Set<SchemaNode.ID>
    /// The only types that are meant; nil for all.
    var types: Set<String>?
  }

  struct Goal: Hashable {
    let side: Side
    let premise: Premise
    let conclusion: SchemaNode.ID
  }

  /// What a demand is to follow from.
  struct Context {
    let side: Side
    let premise: Premise
    let given: Conjunction
    /// How often the premise was split already.
    var splits = 0
  }

  let old: SchemaProgram
  let new: SchemaProgram
  var sameText: SameText
  private var oldTrial: Trial
  private var newTrial: Trial
  private let isDynamic: Bool

  private var known: [Goal: Bool] = [:]
  /// The goals being proven: their turn, and how many parts of values lay around them.
  private var open: [Goal: (turn: Int, parts: Int)] = [:]
  /// How many parts of values are open inside each other.
  private var parts = 0
  /// The earliest open goal that was assumed since it was reset.
  private var earliest = Int.max
  private var steps = 0

  /// How many goals may be open inside each other: keeps the machine's stack whole.
  private static let depthLimit = 40
  /// How many goals and alternatives are looked at.
  private static let stepLimit = 30_000
  /// How many schemas trying values may apply.
  private static let trialBudget = 1_000_000
  /// How many values are tried for one goal.
  private static let valueLimit = 2_000

  init(old: SchemaProgram, new: SchemaProgram) {
    self.old = old
    self.new = new
    sameText = SameText(old: old, new: new)
    oldTrial = Trial(old, budget: SubsetProver.trialBudget)
    newTrial = Trial(new, budget: SubsetProver.trialBudget)
    // Which schema a dynamic reference means depends on how a node was reached.
    isDynamic = old.hasDynamicReferences || new.hasDynamicReferences
  }

  /// Whether equal numbers may differ, so that 1 does not speak for 1.0.
  var readsSpelling: Bool { oldTrial.readsSpelling || newTrial.readsSpelling }

  func program(_ side: Side) -> SchemaProgram { side == .old ? old : new }

  /// Whether there is patience for one more step.
  mutating func mayGoOn() -> Bool {
    steps += 1
    return steps < SubsetProver.stepLimit
  }

  mutating func proves(_ side: Side, _ premise: Premise, _ conclusion: SchemaNode.ID) -> Bool {
    let goal = Goal(side: side, premise: premise, conclusion: conclusion)
    if let known = known[goal] { return known }
    if let assumed = open[goal] {
      guard assumed.parts < parts else { return false }
      earliest = min(earliest, assumed.turn)
      return true
    }
    let turn = open.count
    guard !isDynamic, turn < SubsetProver.depthLimit, mayGoOn() else { return false }
    open[goal] = (turn, parts)
    let outer = earliest
    earliest = .max
    let isProven = decide(goal)
    open[goal] = nil
    // What rests on an open goal may fall with it.
    if !isProven || earliest >= turn { known[goal] = isProven }
    earliest = min(outer, isProven && earliest < turn ? earliest : .max)
    return isProven
  }

  /// Like `proves`, of a member or an element.
  mutating func provesPart(_ side: Side, _ nodes: [SchemaNode.ID], _ conclusion: SchemaNode.ID)
    -> Bool
  {
    parts += 1
    defer { parts -= 1 }
    return proves(side, Premise(nodes: Set(nodes)), conclusion)
  }

  private mutating func decide(_ goal: Goal) -> Bool {
    let wanted = Conjunction(goal.conclusion, of: program(goal.side.other))
    guard !wanted.isAlways else { return true }
    let context = context(goal.side, goal.premise)
    guard !context.given.isEmpty else { return true }
    for node in context.given.nodes
    where isSameText(goal.side, node, goal.conclusion) { return true }
    if let values = context.given.finiteValues {
      return admitsAll(values, context, goal.conclusion)
    }
    return wanted.parts.allSatisfy { follows($0, context) }
  }

  func context(_ side: Side, _ premise: Premise, splits: Int = 0) -> Context {
    Context(
      side: side, premise: premise,
      given: Conjunction(premise.nodes.sorted(), types: premise.types, of: program(side)),
      splits: splits)
  }

  mutating func isSameText(_ side: Side, _ a: SchemaNode.ID, _ b: SchemaNode.ID) -> Bool {
    side == .old ? sameText.holds(a, b) : sameText.holds(b, a)
  }

  /// Whether all of finitely many values that the premise admits are valid under a conclusion.
  mutating func admitsAll(_ values: [JSONValue], _ context: Context, _ conclusion: SchemaNode.ID)
    -> Bool
  {
    guard values.count <= SubsetProver.valueLimit else { return false }
    if readsSpelling, values.contains(where: \.hasWholeNumber) { return false }
    return values.allSatisfy { value in
      if let types = context.premise.types, !types.contains(Conjunction.typeName(value)) {
        return true
      }
      if admits(context.side, context.premise.nodes, value) == false { return true }
      return admits(context.side.other, [conclusion], value) == true
    }
  }

  /// Whether a value is valid under all of some schemas; nil where a limit was reached.
  mutating func admits(_ side: Side, _ nodes: Set<SchemaNode.ID>, _ value: JSONValue) -> Bool? {
    // Evaluators know nothing of types that were split off, which only makes a premise weaker.
    side == .old ? oldTrial.admits(nodes, value) : newTrial.admits(nodes, value)
  }
}

extension JSONValue {
  /// Whether it is or holds a whole number.
  fileprivate var hasWholeNumber: Bool {
    switch self {
    case .number(let number): number.isInteger
    case .array(let elements): elements.contains(where: \.hasWholeNumber)
    case .object(let members): members.values.contains(where: \.hasWholeNumber)
    default: false
    }
  }
}
