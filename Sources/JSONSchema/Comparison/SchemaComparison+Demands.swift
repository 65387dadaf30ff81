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
      return note(.tightened, "new: \(demand.rule.phrase)", demand.node, cause: cause(demand))
    }
    let none = Conjunction.Demand(rule: empty, keyword: demand.keyword, node: pair.old)
    return compare(none, demand)
  }

  private mutating func remove(_ demand: Conjunction.Demand, _ pair: Pair) -> ChangeEffect {
    guard let empty = demand.rule.empty else {
      return note(.loosened, "gone: \(demand.rule.phrase)", demand.node, isRemoved: true)
    }
    let none = Conjunction.Demand(rule: empty, keyword: demand.keyword, node: pair.new)
    return compare(demand, none)
  }

  func cause(_ demand: Conjunction.Demand) -> Cause {
    switch demand.rule {
    // What is wrong shows in the schemas that are applied.
    case .conditional, .dependentSchemas:
      Cause(Set(new.inPlace(Set(demand.rule.children))), [])
    default: Cause([demand.node], [demand.keyword])
    }
  }

  private mutating func compare(_ a: Conjunction.Demand, _ b: Conjunction.Demand) -> ChangeEffect {
    let place = b.node
    let cause = cause(b)
    switch (a.rule, b.rule) {
    case (.pattern(let x), .pattern(let y)):
      return note(
        x.source == y.source ? .none : .unknown,
        "pattern from \(Phrase.quoted(x.source)) to \(Phrase.quoted(y.source))", place, cause: cause
      )
    case (.format(let x), .format(let y)):
      return note(
        x == y ? .none : .unknown, "format from \(x.rawValue) to \(y.rawValue)", place,
        cause: cause)
    case (.typeAsWritten(let x), .typeAsWritten(let y)):
      return note(Set(x) == Set(y) ? .none : .unknown, "type changed", place, cause: cause)
    case (.multiple(let x, let xd), .multiple(let y, let yd)):
      var effect = ChangeEffect.none
      if !xd.isMultiple(of: yd) { effect.join(.tightened) }
      if !yd.isMultiple(of: xd) { effect.join(.loosened) }
      return note(effect, "multipleOf from \(x.canonical) to \(y.canonical)", place, cause: cause)
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
      return note(effect, "contains changed", place, cause: cause)
    case (.unique, .unique): return .none
    case (.any(let x), .any(let y)): return compareAlternatives(x, y, place)
    case (.exactlyOne(let x), .exactlyOne(let y)):
      let isSame = x.count == y.count && zip(x, y).allSatisfy { effect($0, $1) == .none }
      return note(isSame ? .none : .unknown, "oneOf changed", place, cause: cause)
    case (.not(let x), .not(let y)):
      return note(effect(x, y).reversed, "not changed", place, cause: cause)
    case (.conditional(let x, let xThen, let xElse), .conditional(let y, let yThen, let yElse)):
      guard effect(x, y) == .none else {
        return note(.unknown, "if changed", place, cause: cause)
      }
      var effect = compareOptional(xThen, yThen, "then", a.node, b.node)
      effect.join(compareOptional(xElse, yElse, "else", a.node, b.node))
      return effect
    default:
      let isSame = isIdentical(a.node, b.node)
      return note(
        isSame ? .none : .unknown, "\(b.rule.kind) changed", place, cause: cause)
    }
  }
}
