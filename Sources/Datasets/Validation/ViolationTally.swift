import JSON

/// Counts violations by keyword and place in the schema.
struct ViolationTally {
  private struct Key: Hashable {
    let keyword: String
    let schemaPointer: String
  }

  private(set) var total = 0
  private var byKey: [Key: ViolationGroup] = [:]

  mutating func add(_ violation: LocatedViolation) {
    total += 1
    let key = Key(keyword: violation.keyword, schemaPointer: violation.schemaPointer)
    let fresh = ViolationGroup(
      keyword: key.keyword, schemaPointer: key.schemaPointer, count: 0, firstLine: violation.line)
    byKey[key, default: fresh].count += 1
  }

  /// The most frequent first, then by place.
  var groups: [ViolationGroup] { ViolationGroup.sorted(byKey.values) }
}
