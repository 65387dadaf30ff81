import JSON

extension SchemaComparison {
  /// Compares the demands that are not merged by kind: those that are alike in pairs, what is left
  /// over is new or gone.
  mutating func compareOthers(_ a: Conjunction, _ b: Conjunction, _ pair: Pair) -> ChangeEffect {
    var before = Dictionary(grouping: a.others, by: \.rule.kind)
    let after = Dictionary(grouping: b.others, by: \.rule.kind)
    var effect = ChangeEffect.none
    for (kind, demands) in after.sorted(by: { $0.key < $1.key }) {
      let olds = before.removeValue(forKey: kind) ?? []
      for (old, new) in zip(olds, demands) { effect.join(compare(old, new)) }
      for demand in demands.dropFirst(olds.count) { effect.join(add(demand, pair)) }
      for demand in olds.dropFirst(demands.count) { effect.join(remove(demand, pair)) }
    }
    for (_, demands) in before.sorted(by: { $0.key < $1.key }) {
      for demand in demands { effect.join(remove(demand, pair)) }
    }
    return effect
  }

  private mutating func add(_ demand: Conjunction.Demand, _ pair: Pair) -> ChangeEffect {
    guard let empty = demand.rule.empty else {
      return note(.tightened, "new: \(demand.rule.kind)", demand.node)
    }
    let none = Conjunction.Demand(rule: empty, keyword: demand.keyword, node: pair.old)
    return compare(none, demand)
  }

  private mutating func remove(_ demand: Conjunction.Demand, _ pair: Pair) -> ChangeEffect {
    guard let empty = demand.rule.empty else {
      return note(.loosened, "gone: \(demand.rule.kind)", demand.node, isRemoved: true)
    }
    let none = Conjunction.Demand(rule: empty, keyword: demand.keyword, node: pair.new)
    return compare(demand, none)
  }

  private mutating func compare(_ a: Conjunction.Demand, _ b: Conjunction.Demand) -> ChangeEffect {
    let place = b.node
    switch (a.rule, b.rule) {
    case (.pattern(let x), .pattern(let y)):
      return note(
        x.source == y.source ? .none : .unknown,
        "pattern from \(Phrase.quoted(x.source)) to \(Phrase.quoted(y.source))", place)
    case (.format(let x), .format(let y)):
      return note(x == y ? .none : .unknown, "format from \(x.rawValue) to \(y.rawValue)", place)
    case (.typeAsWritten(let x), .typeAsWritten(let y)):
      return note(Set(x) == Set(y) ? .none : .unknown, "type", place)
    case (.multiple(let x, let xd), .multiple(let y, let yd)):
      var effect = ChangeEffect.none
      if !xd.isMultiple(of: yd) { effect.join(.tightened) }
      if !yd.isMultiple(of: xd) { effect.join(.loosened) }
      return note(effect, "multipleOf from \(x.canonical) to \(y.canonical)", place)
    case (.members(let x), .members(let y)): return compareMembers(x, y, a.node, b.node)
    case (.memberNames(let x), .memberNames(let y)): return compare(x, y)
    case (.dependentRequired(let x), .dependentRequired(let y)):
      return compareDependencies(x, y, place)
    case (.dependentSchemas(let x), .dependentSchemas(let y)):
      return compareMaps(
        Dictionary(x) { first, _ in first }, Dictionary(y) { first, _ in first }, a.node, b.node,
        "demands beside")
    case (.elements(let x, let xRest), .elements(let y, let yRest)):
      var effect = compareOptional(xRest, yRest, "the other elements", a.node, b.node)
      for index in 0..<max(x.count, y.count) {
        let old = index < x.count ? x[index] : xRest
        let new = index < y.count ? y[index] : yRest
        effect.join(compareOptional(old, new, "element \(index)", a.node, b.node))
      }
      return effect
    case (.contains(let x, let xMin, let xMax), .contains(let y, let yMin, let yMax)):
      var effect = ChangeEffect.none
      if yMin > xMin { effect.join(.tightened) }
      if yMin < xMin { effect.join(.loosened) }
      if yMax ?? .max < xMax ?? .max { effect.join(.tightened) }
      if yMax ?? .max > xMax ?? .max { effect.join(.loosened) }
      let inner = self.effect(x, y)
      effect.join(inner)
      // The more elements match, the sooner there are too many.
      if xMax != nil || yMax != nil { effect.join(inner.reversed) }
      return note(effect, "contains", place)
    case (.unique, .unique): return .none
    case (.any(let x), .any(let y)): return compareAlternatives(x, y, place)
    case (.exactlyOne(let x), .exactlyOne(let y)):
      let isSame = x.count == y.count && zip(x, y).allSatisfy { effect($0, $1) == .none }
      return note(isSame ? .none : .unknown, "oneOf", place)
    case (.not(let x), .not(let y)): return note(effect(x, y).reversed, "not", place)
    case (.conditional(let x, let xThen, let xElse), .conditional(let y, let yThen, let yElse)):
      guard effect(x, y) == .none else { return note(.unknown, "if", place) }
      var effect = compareOptional(xThen, yThen, "then", a.node, b.node)
      effect.join(compareOptional(xElse, yElse, "else", a.node, b.node))
      return effect
    default:
      let isSame = isIdentical(a.node, b.node)
      return note(isSame ? .none : .unknown, "\(b.rule.kind)", place)
    }
  }

  private mutating func compareDependencies(
    _ x: [(String, [String])], _ y: [(String, [String])], _ place: SchemaNode.ID
  ) -> ChangeEffect {
    let flat = { (rules: [(String, [String])]) in
      Set(rules.flatMap { name, needed in needed.map { [name, $0] } })
    }
    var effect = ChangeEffect.none
    for pair in flat(y).subtracting(flat(x)).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      effect.join(
        note(.tightened, "newly required: \(Phrase.quoted(pair[1])) beside \(pair[0])", place))
    }
    for pair in flat(x).subtracting(flat(y)).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      effect.join(
        note(.loosened, "no longer required: \(Phrase.quoted(pair[1])) beside \(pair[0])", place))
    }
    return effect
  }

  /// What was valid stays so where each old alternative is within a new one.
  private mutating func compareAlternatives(
    _ x: [SchemaNode.ID], _ y: [SchemaNode.ID], _ place: SchemaNode.ID
  ) -> ChangeEffect {
    guard x.count * y.count <= 256 else { return note(.unknown, "anyOf", place) }
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
    return note(total, "anyOf", place)
  }

  private static func least(_ answers: [ChangeEffect.Answer]) -> ChangeEffect.Answer {
    answers.min { $0.rawValue < $1.rawValue } ?? .yes
  }
}

extension Rule {
  /// The same keyword without any demand; nil where there is no such thing.
  fileprivate var empty: Rule? {
    switch self {
    case .members: .members(MemberRules())
    case .elements: .elements(prefix: [], rest: nil)
    case .dependentRequired: .dependentRequired([])
    case .dependentSchemas: .dependentSchemas([])
    default: nil
    }
  }

  /// What demands are alike and can be compared with each other.
  fileprivate var kind: String {
    switch self {
    case .type, .typeAsWritten: "type"
    case .oneOfValues: "enum"
    case .constant: "const"
    case .length, .memberCount, .elementCount, .limit: "limit"
    case .pattern: "pattern"
    case .format: "format"
    case .content: "content"
    case .multiple: "multipleOf"
    case .members: "properties"
    case .memberNames: "propertyNames"
    case .required: "required"
    case .dependentRequired: "dependentRequired"
    case .dependentSchemas: "dependentSchemas"
    case .elements: "items"
    case .contains: "contains"
    case .unique: "uniqueItems"
    case .reference, .all: "allOf"
    case .dynamicReference: "$dynamicRef"
    case .any: "anyOf"
    case .exactlyOne: "oneOf"
    case .not: "not"
    case .conditional: "if"
    case .unevaluatedMembers: "unevaluatedProperties"
    case .unevaluatedElements: "unevaluatedItems"
    }
  }
}
