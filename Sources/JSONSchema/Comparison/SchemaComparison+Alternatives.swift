import JSON

extension SchemaComparison {
  mutating func compareDependencies(
    _ x: [(String, [String])], _ y: [(String, [String])], _ place: SchemaNode.ID
  ) -> ChangeEffect {
    let flat = { (rules: [(String, [String])]) in
      Set(rules.flatMap { name, needed in needed.map { [name, $0] } })
    }
    var effect = ChangeEffect.none
    for pair in flat(y).subtracting(flat(x)).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      effect.join(
        note(
          .tightened, "newly required: \(Phrase.quoted(pair[1])) beside \(Phrase.quoted(pair[0]))",
          place, cause: Cause([place], ["dependentRequired", "dependencies"], missing: pair[1])))
    }
    for pair in flat(x).subtracting(flat(y)).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      effect.join(
        note(
          .loosened,
          "no longer required: \(Phrase.quoted(pair[1])) beside \(Phrase.quoted(pair[0]))", place))
    }
    return effect
  }

  /// What was valid stays so where each old alternative is within a new one.
  mutating func compareAlternatives(
    _ x: [SchemaNode.ID], _ y: [SchemaNode.ID], _ place: SchemaNode.ID
  ) -> ChangeEffect {
    let cause = Cause([place], ["anyOf"])
    guard x.count * y.count <= 256 else {
      return note(.unknown, "anyOf changed", place, cause: cause)
    }
    let effects = x.map { old in y.map { effect(old, $0, isAligned: true) } }
    var total = ChangeEffect.none
    // An alternative that is within none may still be within several together.
    for row in effects {
      total.join(ChangeEffect(breaks: SchemaComparison.least(row.map(\.breaks)), loosens: .no))
    }
    for column in y.indices {
      let answers = effects.map { $0[column].loosens }
      total.join(ChangeEffect(breaks: .no, loosens: SchemaComparison.least(answers)))
    }
    return note(total, "anyOf changed", place, cause: cause)
  }

  private static func least(_ answers: [ChangeEffect.Answer]) -> ChangeEffect.Answer {
    answers.min { $0.rawValue < $1.rawValue } ?? .yes
  }
}
