import JSON

/// Which elements of two arrays belong together where their order does not count.
struct JSONMatching {
  /// Never `ordered`.
  let arrays: JSONAssertion.Arrays
  let allowsMore: Bool

  /// The places of wanted elements that none of the found ones is left for, and of found ones that
  /// are too many.
  func unmatched(_ wanted: [JSONValue], _ found: [JSONValue]) -> (missing: [Int], surplus: [Int]) {
    guard allowsMore else {
      let (wantedKeys, foundKeys) = (wanted.map(key), found.map(key))
      return (left(wantedKeys, over: foundKeys), left(foundKeys, over: wantedKeys))
    }
    if arrays == .sets {
      return (
        wanted.indices.filter { index in !found.contains { contains($0, wanted[index]) } }, []
      )
    }
    var assignment = Assignment(
      fitting: wanted.map { value in found.indices.filter { contains(found[$0], value) } },
      elements: found.count)
    return (wanted.indices.filter { !assignment.assign($0) }, [])
  }

  /// Whether a found value has all that is wanted.
  private func contains(_ found: JSONValue, _ wanted: JSONValue) -> Bool {
    switch (wanted, found) {
    case (.object(let wanted), .object(let members)):
      wanted.allSatisfy { name, value in
        members.exactly(name).map { contains($0, value) } ?? false
      }
    case (.array(let wanted), .array(let elements)): unmatched(wanted, elements).missing.isEmpty
    default: wanted == found
    }
  }

  private func left(_ keys: [ExactText], over others: [ExactText]) -> [Int] {
    var counts: [ExactText: Int] = [:]
    for key in others { counts[key, default: 0] += 1 }
    return keys.indices.filter { index in
      guard let count = counts[keys[index]], count > 0 else { return true }
      if arrays == .unordered { counts[keys[index]] = count - 1 }
      return false
    }
  }

  /// One text for all values that are the same where the order of elements does not count:
  /// canonical JSON whose arrays are sorted.
  private func key(_ value: JSONValue) -> ExactText {
    switch value {
    case .object(let members):
      let sorted = members.sorted { ExactText($0.key) < ExactText($1.key) }
      let texts = sorted.map { JSONValue.string($0.key).canonical + ":" + key($0.value).text }
      return ExactText("{" + texts.joined(separator: ",") + "}")
    case .array(let elements):
      var keys = elements.map(key).sorted()
      if arrays == .sets {
        keys = keys.indices.filter { $0 == 0 || keys[$0] != keys[$0 - 1] }.map { keys[$0] }
      }
      return ExactText("[" + keys.map(\.text).joined(separator: ",") + "]")
    default: return ExactText(value.canonical)
    }
  }
}

/// Gives wanted things elements of their own, as many of them as can have one.
///
/// Augmenting paths (Kuhn, Naval Research Logistics 2, 1955): a thing that took the first element
/// that fits it moves on where that is the only one of another.
private struct Assignment {
  /// Of each wanted thing the elements that fit it.
  let fitting: [[Int]]
  private var owners: [Int?]
  private var taken: [Int?]

  init(fitting: [[Int]], elements: Int) {
    self.fitting = fitting
    owners = [Int?](repeating: nil, count: elements)
    taken = [Int?](repeating: nil, count: fitting.count)
  }

  /// Finds an element for a thing that has none; false where there is no way.
  mutating func assign(_ start: Int) -> Bool {
    var asker: [Int: Int] = [:]
    var queue = [start]
    var next = 0
    while next < queue.count {
      let thing = queue[next]
      next += 1
      for element in fitting[thing] where asker[element] == nil {
        asker[element] = thing
        if let owner = owners[element] {
          queue.append(owner)
        } else {
          moveOn(from: element, asker)
          return true
        }
      }
    }
    return false
  }

  /// Hands a free element to who asked for it, what that one had to who asked for that, and so on.
  private mutating func moveOn(from element: Int, _ asker: [Int: Int]) {
    var free: Int? = element
    while let element = free, let thing = asker[element] {
      free = taken[thing]
      owners[element] = thing
      taken[thing] = element
    }
  }
}
