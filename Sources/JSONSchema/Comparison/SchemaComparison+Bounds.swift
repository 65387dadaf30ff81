import JSON

// Demands that are merged by kind, so that there is one of each at most.
extension SchemaComparison {
  mutating func compareTypes(_ a: Conjunction, _ b: Conjunction, _ pair: Pair)
    -> ChangeEffect
  {
    let before = a.types ?? Conjunction.allTypes
    let after = b.types ?? Conjunction.allTypes
    var effect = ChangeEffect.none
    if !before.isSubset(of: after) { effect.join(.tightened) }
    if !after.isSubset(of: before) { effect.join(.loosened) }
    return note(
      effect, "type from \(Self.phrase(a.types)) to \(Self.phrase(b.types))", pair.new,
      cause: Cause(b.nodes, ["type", "anyOf", "oneOf"]))
  }

  /// Types by the names that schemas give them.
  private static func phrase(_ types: Set<String>?) -> String {
    guard var names = types else { return "any" }
    guard !names.isEmpty else { return "none" }
    if names.remove("fraction") != nil {
      let isAny = names.remove("integer") != nil
      names.insert(isAny ? "number" : "number that is not whole")
    }
    return names.sorted().joined(separator: " or ")
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
          "\(key) from \(phrase(a.counts[key])) to \(phrase(b.counts[key]))", pair.new,
          cause: Cause(b.nodes, [key])))
    }
    return effect
  }

  mutating func compareLimits(_ a: Conjunction, _ b: Conjunction, _ pair: Pair)
    -> ChangeEffect
  {
    func isTighter(_ end: NumberEnd?, than other: NumberEnd?) -> Bool {
      guard let end else { return false }
      return other.map(end.isTighter) ?? true
    }
    var effect = ChangeEffect.none
    for (name, x, y, keywords) in [
      ("lower limit", a.lower, b.lower, ["minimum", "exclusiveMinimum"]),
      ("upper limit", a.upper, b.upper, ["maximum", "exclusiveMaximum"]),
    ] as [(String, NumberEnd?, NumberEnd?, Set<String>)] {
      let change: ChangeEffect =
        isTighter(y, than: x) ? .tightened : isTighter(x, than: y) ? .loosened : .none
      effect.join(
        note(
          change, "\(name) from \(x?.phrase ?? "none") to \(y?.phrase ?? "none")", pair.new,
          cause: Cause(b.nodes, keywords)))
    }
    return effect
  }

  mutating func compareRequired(_ a: Conjunction, _ b: Conjunction, _ pair: Pair)
    -> ChangeEffect
  {
    var effect = ChangeEffect.none
    for name in b.required.subtracting(a.required).sorted() {
      effect.join(
        note(
          .tightened, "newly required: \(Phrase.quoted(name.text))", pair.new,
          cause: Cause(b.nodes, ["required"], missing: name.text)))
    }
    for name in a.required.subtracting(b.required).sorted() {
      effect.join(note(.loosened, "no longer required: \(Phrase.quoted(name.text))", pair.new))
    }
    return effect
  }
}
