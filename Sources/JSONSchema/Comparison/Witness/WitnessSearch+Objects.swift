import JSON

extension WitnessSearch {
  /// How many names are tried, and to how many an object is filled up.
  private static let nameLimit = 300
  private static let fillLimit = 200
  /// How many names that are newly asked for are left out, each by itself.
  private static let askedLimit = 12

  /// Objects that one case of the old schemas is likely to admit.
  mutating func objects(_ old: SchemaFacets, _ new: SchemaFacets) -> [JSONValue] {
    var samples: [String: Samples] = [:]
    let required = closure(Set(old.required), old)
    let listed = Array(old.names.union(new.names).sorted().prefix(WitnessSearch.nameLimit))
    let extra = extraNames(old, new)
    for name in Set(listed + extra).union(required) {
      samples[name] = self.samples(
        Place(olds: old.memberNodes(for: name), news: new.memberNodes(for: name)))
    }
    var base: [String: JSONValue] = [:]
    for name in required {
      // Nothing will do without it.
      guard let value = samples[name]?.first else { return [] }
      base[name] = value
    }
    // With what only the new schemas ask for, so that nothing but one member is wrong.
    var ready = base
    for name in new.required where ready[name] == nil { ready[name] = samples[name]?.first }
    var objects = ready.count > base.count ? [base, ready] : [base]
    let optional = (listed + extra).filter { base[$0] == nil && samples[$0]?.first != nil }
    for name in required.sorted() + optional {
      for stem in ready.count > base.count ? [ready, base] : [base] {
        var around = stem
        for other in closure([name], old) where around[other] == nil {
          around[other] = samples[other]?.first
        }
        for value in samples[name]?.all ?? [] {
          around[name] = value
          objects.append(around)
        }
      }
    }
    var full = base
    for name in optional where !extra.contains(name) { full[name] = samples[name]?.first }
    objects.append(full)
    for name in optional { objects.append(full.filter { $0.key != name }) }
    return (objects + sized(base, optional, samples, old, new)).map(JSONValue.object)
  }

  /// Objects with as many members as limits ask about; also without each name that only the new schemas
  /// ask for.
  private func sized(
    _ base: [String: JSONValue], _ optional: [String], _ samples: [String: Samples],
    _ old: SchemaFacets, _ new: SchemaFacets
  ) -> [[String: JSONValue]] {
    let filler = samples[WitnessSearch.extraName]?.first
    let counts = old.memberCounts.union(new.memberCounts).flatMap { [$0 - 1, $0, $0 + 1] }
    let asked = Set(new.required).subtracting(base.keys).sorted().prefix(WitnessSearch.askedLimit)
    var objects: [[String: JSONValue]] = []
    for count in Set(counts).sorted() where base.count < count && count <= WitnessSearch.fillLimit {
      for left in [nil] + asked.map(Optional.some) {
        var object = base
        for name in optional where object.count < count && name != left {
          object[name] = samples[name]?.first
        }
        var number = 1
        while object.count < count, let filler, number <= count {
          object["m\(number)"] = filler
          number += 1
        }
        objects.append(object)
      }
    }
    return objects
  }

  /// A name that hardly any schema lists.
  private static let extraName = "extra"

  /// Names that nobody lists: any, and some that patterns and `propertyNames` speak of.
  private mutating func extraNames(_ old: SchemaFacets, _ new: SchemaFacets) -> [String] {
    var names = [WitnessSearch.extraName, "x", "A b"]
    for pattern in (old.namePatterns + new.namePatterns).prefix(20) {
      names += PatternTexts(pattern.source).texts(repeats: [0, 1]).prefix(4)
    }
    if !old.memberNames.isEmpty || !new.memberNames.isEmpty {
      let place = Place(olds: Set(old.memberNames), news: Set(new.memberNames))
      names += samples(place).all.compactMap(\.string).prefix(12)
    }
    let listed = old.names.union(new.names)
    var seen: Set<String> = []
    return names.filter { !listed.contains($0) && seen.insert($0).inserted }
  }

  /// Names with those that have to be beside them.
  private func closure(_ names: Set<String>, _ old: SchemaFacets) -> Set<String> {
    var all = names
    var isGrowing = true
    while isGrowing {
      let before = all.count
      for (name, needed) in old.dependent where all.contains(name) { all.formUnion(needed) }
      isGrowing = all.count > before
    }
    return all
  }
}
