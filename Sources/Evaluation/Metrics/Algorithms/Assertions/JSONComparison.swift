import JSON

/// Walks an expected and a found value side by side and notes where they part.
struct JSONComparison {
  let matching: JSONMatching
  private(set) var failures: [AssertionFailure] = []

  init(arrays: JSONAssertion.Arrays, allowsMore: Bool) {
    matching = JSONMatching(arrays: arrays, allowsMore: allowsMore)
  }

  /// How many failures more are told.
  private var room: Int { JSONAssertion.toldFailures - failures.count }

  mutating func compare(_ expected: JSONValue, _ found: JSONValue, at place: [String]) {
    guard room > 0 else { return }
    switch (expected, found) {
    case (.object(let wanted), .object(let members)): compare(wanted, members, at: place)
    case (.array(let wanted), .array(let elements)):
      if matching.arrays == .ordered {
        compareInOrder(wanted, elements, at: place)
      } else {
        compareInAnyOrder(wanted, elements, at: place)
      }
    default: if expected != found { note(expected, found, at: place) }
    }
  }

  private mutating func compare(
    _ wanted: [String: JSONValue], _ members: [String: JSONValue], at place: [String]
  ) {
    for name in wanted.keys.sorted(by: { ExactText($0) < ExactText($1) }) {
      guard let value = wanted[name] else { continue }
      if let found = members.exactly(name) {
        compare(value, found, at: place + [name])
      } else {
        note(value, nil, at: place + [name])
      }
    }
    guard !matching.allowsMore else { return }
    for name in members.keys.sorted(by: { ExactText($0) < ExactText($1) })
    where wanted.exactly(name) == nil {
      note(nil, members[name], at: place + [name])
    }
  }

  private mutating func compareInOrder(
    _ wanted: [JSONValue], _ elements: [JSONValue], at place: [String]
  ) {
    for index in 0..<max(wanted.count, elements.count) {
      guard room > 0 else { return }
      let here = place + [String(index)]
      if index >= elements.count {
        note(wanted[index], nil, at: here)
      } else if index >= wanted.count {
        note(nil, elements[index], at: here)
      } else {
        compare(wanted[index], elements[index], at: here)
      }
    }
  }

  /// What is missing has no place of its own: it is told of the array.
  private mutating func compareInAnyOrder(
    _ wanted: [JSONValue], _ elements: [JSONValue], at place: [String]
  ) {
    let (missing, surplus) = matching.unmatched(wanted, elements)
    for index in missing.prefix(room) {
      failures.append(
        AssertionFailure(
          place: JSONPointer(place),
          expected: "an element " + AssertionFailure.shown(wanted[index]),
          found: "none that is left in " + AssertionFailure.shown(.array(elements))))
    }
    for index in surplus.prefix(room) { note(nil, elements[index], at: place + [String(index)]) }
  }

  private mutating func note(_ expected: JSONValue?, _ found: JSONValue?, at place: [String]) {
    guard room > 0 else { return }
    failures.append(
      AssertionFailure(
        place: JSONPointer(place), expected: expected.map(AssertionFailure.shown) ?? "nothing",
        found: found.map(AssertionFailure.shown) ?? "nothing"))
  }
}

extension [String: JSONValue] {
  /// The member whose name has these scalars: a dictionary would also give a canonically equivalent
  /// one.
  func exactly(_ name: String) -> JSONValue? {
    guard let index = index(forKey: name), ExactText(self[index].key) == ExactText(name) else {
      return nil
    }
    return self[index].value
  }
}
