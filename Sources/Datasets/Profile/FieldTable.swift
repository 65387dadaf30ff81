import JSON

/// Statistics of fields by their pointers, of which there are at most 1,000.
struct FieldTable: Sendable, Equatable {
  private(set) var byPointer: [String: FieldStatistics] = [:]
  /// Values in fields that were not looked at, since there were too many.
  private(set) var unseen = 0

  /// How deep members of objects are looked at.
  private static let depth = 4
  private static let limit = 1000

  /// Sorted by pointer.
  var fields: [FieldStatistics] { byPointer.values.sorted { $0.pointer < $1.pointer } }

  /// Notes the members of a value, and theirs.
  ///
  /// - Parameter prefix: What their pointers begin with.
  mutating func note(_ value: JSONValue, under prefix: String = "") {
    note(value, at: .root, under: prefix, depth: 0)
  }

  /// Notes one value, not its members.
  mutating func note(_ value: JSONValue, as name: String) {
    if byPointer[name] == nil {
      guard byPointer.count < FieldTable.limit else {
        unseen += 1
        return
      }
      byPointer[name] = FieldStatistics(pointer: name)
    }
    byPointer[name]?.note(value)
  }

  private mutating func note(
    _ value: JSONValue, at pointer: JSONPointer, under prefix: String, depth: Int
  ) {
    if depth > 0 {
      let seen = unseen
      note(value, as: prefix + pointer.description)
      guard unseen == seen else { return }
    }
    guard depth < FieldTable.depth, let members = value.object else { return }
    // In order, so that with too many fields it is the same ones in every run.
    for (name, member) in members.sorted(by: { $0.key < $1.key }) {
      note(member, at: pointer.appending(name), under: prefix, depth: depth + 1)
    }
  }
}
