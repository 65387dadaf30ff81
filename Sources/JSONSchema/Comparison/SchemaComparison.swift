import JSON

/// Goes through two programs side by side and notes what differs.
///
/// A schema is the conjunction of its demands, so where every demand of the new one follows from the
/// same demand of the old one, nothing breaks. Pairs that are being compared already count as equal:
/// a value is finite, so what is assumed of its parts has been shown before it is needed.
struct SchemaComparison {
  struct Pair: Hashable {
    let old: SchemaNode.ID
    let new: SchemaNode.ID
  }

  let old: SchemaProgram
  let new: SchemaProgram
  private(set) var changes: [SchemaDiff.Change] = []
  private var known: [Pair: ChangeEffect] = [:]
  /// Has the last word on what does not break, and on what does not admit more.
  private(set) var prover: SubsetProver
  private var depth = 0
  private var steps = 0

  /// How deep schemas are compared inside each other: keeps the machine's stack whole.
  private static let depthLimit = 200
  /// How many pairs of schemas are compared: alternatives are compared each with each.
  private static let stepLimit = 20_000

  init(old: SchemaProgram, new: SchemaProgram) {
    self.old = old
    self.new = new
    prover = SubsetProver(old: old, new: new)
  }

  mutating func compare(_ a: SchemaNode.ID, _ b: SchemaNode.ID) -> ChangeEffect {
    // What is only referred to is compared where it stands, and so once.
    let (a, b) = (old.meant(by: a), new.meant(by: b))
    let pair = Pair(old: a, new: b)
    if let effect = known[pair] { return effect }
    steps += 1
    guard depth < SchemaComparison.depthLimit, steps < SchemaComparison.stepLimit else {
      return note(.unknown, "more schemas than are compared", b)
    }
    known[pair] = ChangeEffect.none
    if isIdentical(a, b) { return .none }
    let keeps = prover.proves(.old, SubsetProver.Premise(nodes: [a]), b)
    let admitsNoMore = prover.proves(.new, SubsetProver.Premise(nodes: [b]), a)
    if keeps, admitsNoMore { return .none }
    depth += 1
    defer { depth -= 1 }
    let first = changes.count
    var effect = compare(Conjunction(a, of: old), Conjunction(b, of: new), pair)
    if keeps {
      effect.breaks = .no
      for index in first..<changes.count { changes[index].isBreaking = false }
    }
    if admitsNoMore { effect.loosens = .no }
    known[pair] = effect
    return effect
  }

  /// What a change does, without noting it: for parts whose effect counts in another way.
  ///
  /// - Parameter isAligned: Whether the parts' demands point the same way as the whole's. Only then
  ///   may what is assumed of open pairs be used.
  mutating func effect(_ a: SchemaNode.ID, _ b: SchemaNode.ID, isAligned: Bool = false)
    -> ChangeEffect
  {
    var inner = SchemaComparison(old: old, new: new)
    inner.depth = depth
    inner.steps = steps
    inner.prover = prover
    if isAligned { inner.known = known }
    // What the inner one has found out is forgotten: it may rest on pairs that did not hold.
    defer {
      steps = inner.steps
      prover = inner.prover
    }
    return inner.compare(a, b)
  }

  /// Notes a change, unless it is none.
  @discardableResult
  mutating func note(
    _ effect: ChangeEffect, _ what: @autoclosure () -> String, _ node: SchemaNode.ID,
    isRemoved: Bool = false, cause: Cause? = nil
  ) -> ChangeEffect {
    guard effect != .none else { return effect }
    let place = (isRemoved ? old : new).nodes[node].place
    var change = SchemaDiff.Change(
      pointer: place.pointer, isRemoved: isRemoved, what: what(), isBreaking: effect.isBreaking)
    change.cause = isRemoved ? nil : cause ?? Cause([node], [])
    changes.append(change)
    return effect
  }

  /// Whether two schemas are written the same, and all that they refer to as well.
  mutating func isIdentical(_ a: SchemaNode.ID, _ b: SchemaNode.ID) -> Bool {
    prover.sameText.holds(a, b)
  }

  private mutating func compare(_ a: Conjunction, _ b: Conjunction, _ pair: Pair) -> ChangeEffect {
    if a.isNever || b.isNever {
      let effect: ChangeEffect = a.isNever == b.isNever ? .none : b.isNever ? .tightened : .loosened
      return note(
        effect, b.isNever ? "nothing is valid any more" : "no longer forbidden", pair.new,
        cause: Cause(b.nodes, []))
    }
    if a.isEntangled || b.isEntangled {
      let isSame = isIdentical(pair.old, pair.new)
      return note(
        isSame ? .none : .unknown, "something that unevaluated… or $dynamicRef depends on",
        pair.new,
        cause: Cause(b.nodes, []))
    }
    if a.values != nil || b.values != nil { return compareValues(a, b, pair) }
    var effect = compareTypes(a, b, pair)
    effect.join(compareCounts(a, b, pair))
    effect.join(compareLimits(a, b, pair))
    effect.join(compareRequired(a, b, pair))
    effect.join(compareOthers(a, b, pair))
    return effect
  }

  /// A schema with `enum` or `const` admits finitely many values, which can all be tried.
  private mutating func compareValues(_ a: Conjunction, _ b: Conjunction, _ pair: Pair)
    -> ChangeEffect
  {
    // Which schema a dynamic reference means depends on how the node was reached.
    guard !old.hasDynamicReferences, !new.hasDynamicReferences else {
      return note(
        .unknown, "enum or const, beside dynamic references", pair.new, cause: Cause(b.nodes, []))
    }
    let (old, new) = (old, new)
    let kept = (a.values ?? []).filter { Self.admits(old, pair.old, $0) ?? true }
    let lost = kept.filter { Self.admits(new, pair.new, $0) != true }
    let gained = (b.values ?? []).filter {
      (Self.admits(new, pair.new, $0) ?? true) && Self.admits(old, pair.old, $0) != true
    }
    var effect = ChangeEffect.none
    // Where spelling counts, 1 does not speak for 1.0.
    let cause = Cause(b.nodes, [])
    if prover.readsSpelling, !kept.isEmpty {
      effect.join(
        note(.unknown, "values of enum or const, beside draft 4's integers", pair.new, cause: cause)
      )
    }
    if !lost.isEmpty {
      let list = Phrase.list(lost.map(Phrase.value))
      effect.join(note(.tightened, "no longer valid: \(list)", pair.new, cause: cause))
    }
    if !gained.isEmpty {
      let list = Phrase.list(gained.map(Phrase.value))
      effect.join(note(.loosened, "newly valid: \(list)", pair.new))
    }
    switch (a.values, b.values) {
    case (nil, _):
      effect.join(
        note(.tightened, "new: only the values of enum or const are valid", pair.new, cause: cause))
    case (_, nil):
      effect.join(note(.loosened, "no longer restricted to the values of enum or const", pair.new))
    default: break
    }
    return effect
  }

  /// Whether a value is valid under a node of a program; nil where a limit was reached.
  private static func admits(_ program: SchemaProgram, _ root: SchemaNode.ID, _ value: JSONValue)
    -> Bool?
  {
    var program = program
    program.root = root
    var evaluator = Evaluator(program: program, mode: .verdict)
    let isValid = evaluator.run(value)
    return evaluator.gaveUp ? nil : isValid
  }
}
