import JSON

// Demands that are merged by kind, so that there is one of each at most.
extension SchemaComparison {
  mutating func compareTypes(_ a: Conjunction, _ b: Conjunction, _ pair: Pair)
    -> ChangeEffect
  {
    let all: Set = ["null", "boolean", "object", "array", "string", "integer", "fraction"]
    let before = a.types ?? all
    let after = b.types ?? all
    var effect = ChangeEffect.none
    if !before.isSubset(of: after) { effect.join(.tightened) }
    if !after.isSubset(of: before) { effect.join(.loosened) }
    let phrase = { (types: Set<String>?) in
      types.map { $0.sorted().joined(separator: ", ") } ?? "any"
    }
    return note(effect, "type from \(phrase(a.types)) to \(phrase(b.types))", pair.new)
  }

  mutating func compareCounts(_ a: Conjunction, _ b: Conjunction, _ pair: Pair)
    -> ChangeEffect
  {
    var effect = ChangeEffect.none
    for key in Set(a.counts.keys).union(b.counts.keys).sorted() {
      let isLower = key.hasPrefix("min")
      let before = a.counts[key] ?? (isLower ? 0 : .max)
      let after = b.counts[key] ?? (isLower ? 0 : .max)
      guard before != after else { continue }
      let isTighter = isLower ? after > before : after < before
      let phrase = { (count: Int?) in count.map(String.init) ?? "none" }
      effect.join(
        note(
          isTighter ? .tightened : .loosened,
          "\(key) from \(phrase(a.counts[key])) to \(phrase(b.counts[key]))", pair.new))
    }
    return effect
  }

  mutating func compareLimits(_ a: Conjunction, _ b: Conjunction, _ pair: Pair)
    -> ChangeEffect
  {
    typealias End = (number: JSONNumber, isExclusive: Bool)
    func tighter(_ x: End?, _ y: End?, isLower: Bool) -> Bool {
      guard let y else { return false }
      guard let x else { return true }
      if x.number == y.number { return y.isExclusive && !x.isExclusive }
      return isLower ? x.number < y.number : y.number < x.number
    }
    func phrase(_ end: End?) -> String {
      end.map { ($0.isExclusive ? "exclusive " : "") + $0.number.canonical } ?? "none"
    }
    var effect = ChangeEffect.none
    for (name, x, y, isLower) in [
      ("lower limit", a.lower, b.lower, true), ("upper limit", a.upper, b.upper, false),
    ] {
      let change: ChangeEffect =
        tighter(x, y, isLower: isLower)
        ? .tightened : tighter(y, x, isLower: isLower) ? .loosened : .none
      effect.join(note(change, "\(name) from \(phrase(x)) to \(phrase(y))", pair.new))
    }
    return effect
  }

  mutating func compareRequired(_ a: Conjunction, _ b: Conjunction, _ pair: Pair)
    -> ChangeEffect
  {
    var effect = ChangeEffect.none
    for name in b.required.subtracting(a.required).sorted() {
      effect.join(note(.tightened, "newly required: \(Phrase.quoted(name))", pair.new))
    }
    for name in a.required.subtracting(b.required).sorted() {
      effect.join(note(.loosened, "no longer required: \(Phrase.quoted(name))", pair.new))
    }
    return effect
  }
}
