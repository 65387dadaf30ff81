import JSON

extension WitnessSearch {
  /// How many elements an array is given at most, and all arrays of one place together beyond those
  /// that have a value of their own at each index.
  private static let countLimit = 10_000
  private static let elementLimit = 200_000
  /// How many first elements get values of their own.
  private static let prefixLimit = 24

  /// Arrays that one case of the old schemas is likely to admit.
  mutating func arrays(_ old: SchemaFacets, _ new: SchemaFacets) -> [JSONValue] {
    let prefix = min(max(old.elementPrefix, new.elementPrefix), WitnessSearch.prefixLimit)
    var samples = (0...prefix).map { index in
      self.samples(Place(olds: old.elementNodes(at: index), news: new.elementNodes(at: index)))
    }
    for node in old.contained {
      let more = self.samples(
        Place(
          olds: old.elementNodes(at: prefix).union([node]), news: new.elementNodes(at: prefix)))
      // First, so that they are there where they have to be.
      samples[prefix].accepted.insert(contentsOf: more.accepted.prefix(2), at: 0)
      samples[prefix].refused += more.refused.prefix(2)
    }
    for node in new.contained {
      let olds = old.elementNodes(at: prefix)
      samples[prefix].accepted += self.samples(Place(olds: olds, news: [node])).all.prefix(4)
    }
    var counts: Set<Int> = [0, 1, 2, prefix, prefix + 1]
    for count in old.elementCounts.union(new.elementCounts) {
      counts.formUnion(count - 1...count + 1)
    }
    var arrays: [JSONValue] = []
    var elements = 0
    for count in counts.sorted() where (0...WitnessSearch.countLimit).contains(count) {
      elements += 2 * count
      guard elements <= WitnessSearch.elementLimit else { break }
      for isVaried in [false, true] {
        guard let base = fill(count, samples, isVaried) else { continue }
        arrays.append(.array(base))
        for index in 0..<min(count, prefix + 1) {
          for value in samples[index].all where count <= prefix + 3 {
            var other = base
            other[index] = value
            arrays.append(.array(other))
          }
        }
      }
    }
    return arrays
  }

  /// - Parameter isVaried: Whether elements differ as far as there are different ones.
  private func fill(_ count: Int, _ samples: [Samples], _ isVaried: Bool) -> [JSONValue]? {
    var elements: [JSONValue] = []
    for index in 0..<count {
      let own = samples[min(index, samples.count - 1)]
      let choice = isVaried ? own.accepted + own.refused : [own.first].compactMap { $0 }
      guard !choice.isEmpty else { return nil }
      elements.append(choice[index % choice.count])
    }
    return elements
  }
}
