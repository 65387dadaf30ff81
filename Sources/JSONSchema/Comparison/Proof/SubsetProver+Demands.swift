import JSON

extension SubsetProver {
  /// Whether a demand follows from a premise as a whole.
  mutating func followsDirectly(_ part: Conjunction.Part, _ context: Context) -> Bool {
    let given = context.given
    switch part {
    case .never: return false
    case .types(let types): return (given.types ?? Conjunction.allTypes).isSubset(of: types)
    case .count(let key, let bound):
      return implies(given, key, bound)
        || key == "maxItems" && hasNoElement(from: bound, context)
    case .end(let end):
      guard given.mayBeNumber else { return true }
      guard let own = end.isLower ? given.lower : given.upper else { return false }
      return own.implies(end, areWhole: !given.mayBe("fraction"))
    case .required(let name): return !given.mayBe("object") || given.required.contains(name)
    case .values(let values):
      guard let own = given.finiteValues else { return false }
      let wanted = Set(values)
      return own.allSatisfy(wanted.contains)
    case .other(let demand): return follows(demand, context)
    }
  }

  private func implies(_ given: Conjunction, _ key: String, _ bound: Int) -> Bool {
    let type = ["Length": "string", "Items": "array", "Properties": "object"][key.dropFirst(3)]
    if let type, !given.mayBe(type) { return true }
    if key == "minProperties", given.required.count >= bound { return true }
    guard let own = given.counts[key] else { return false }
    return key.hasPrefix("min") ? own >= bound : own <= bound
  }

  /// Whether no element may be at some index up to a count, so that there are no more than that.
  private func hasNoElement(from count: Int, _ context: Context) -> Bool {
    (0...min(count, context.given.elementPrefix)).contains { index in
      context.given.elementNodes(at: index).contains {
        Conjunction($0, of: program(context.side)).isEmpty
      }
    }
  }

  private mutating func follows(_ demand: Conjunction.Demand, _ context: Context) -> Bool {
    let given = context.given
    for node in given.nodes where isSameText(context.side, node, demand.node) { return true }
    switch demand.rule {
    case .pattern, .format, .content:
      return !given.mayBe("string") || given.has { demand.rule.isSameOnTexts(as: $0) }
    case .multiple(_, let step):
      guard given.mayBeNumber else { return true }
      if !given.mayBe("fraction"), JSONNumber(1).decimal.isMultiple(of: step) { return true }
      return given.has {
        if case .multiple(_, let own) = $0 { own.isMultiple(of: step) } else { false }
      }
    case .typeAsWritten(let names):
      guard given.mayBe("integer") else { return true }
      return given.has {
        if case .typeAsWritten(let own) = $0 { Set(own).isSubset(of: names) } else { false }
      }
    case .members, .memberNames, .dependentRequired, .dependentSchemas:
      return !given.mayBe("object") || followsOfObjects(demand.rule, context)
    case .elements, .contains, .unique:
      return !given.mayBe("array") || followsOfArrays(demand.rule, context)
    case .any, .exactlyOne, .not, .conditional: return followsOfBranches(demand.rule, context)
    default: return false
    }
  }
}

extension Conjunction {
  /// Whether one of the demands that are not merged by kind passes a test.
  func has(_ test: (Rule) -> Bool) -> Bool { others.contains { test($0.rule) } }
}

extension Rule {
  fileprivate func isSameOnTexts(as other: Rule) -> Bool {
    switch (self, other) {
    case (.pattern(let x), .pattern(let y)): x.source == y.source
    case (.format(let x), .format(let y)): x == y
    default: false
    }
  }
}
