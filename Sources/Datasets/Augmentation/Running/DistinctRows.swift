import JSON

/// Knows rows by what steps write, so that no synthetic row repeats another one.
///
/// Two rows are the same for a step where all fields that it writes are equal: those with running
/// numbers aside, and whatever their names, since two problems with one text are one problem. Keeps
/// 16 bytes for each row and each different list of fields.
struct DistinctRows {
  private let lists: [[JSONPointer]]
  private let listOfStep: [Int]
  private var seen: [Set<RowFingerprint>]

  init(_ plan: AugmentationPlan) {
    var lists: [[JSONPointer]] = []
    listOfStep = plan.steps.map { step in
      let fields = Set(step.writes + step.common.assignments.writes)
        .sorted { $0.description < $1.description }
      if let known = lists.firstIndex(of: fields) { return known }
      lists.append(fields)
      return lists.count - 1
    }
    self.lists = lists
    seen = lists.map { _ in [] }
  }

  /// Notes a row that is in the output.
  mutating func note(_ row: JSONValue) {
    for (index, fields) in lists.enumerated() {
      if let key = DistinctRows.key(row, fields) { seen[index].insert(key) }
    }
  }

  /// Whether there is such a row already, as far as the step at a place writes it.
  func contains(_ row: JSONValue, step: Int) -> Bool {
    let list = listOfStep[step]
    return DistinctRows.key(row, lists[list]).map { seen[list].contains($0) } ?? false
  }

  /// Nil where the row has none of the fields.
  private static func key(_ row: JSONValue, _ fields: [JSONPointer]) -> RowFingerprint? {
    let values = fields.map { row[$0] }
    guard values.contains(where: { $0 != nil }) else { return nil }
    return RowFingerprint(JSONValue.array(values.map { $0.map { [$0] } ?? .null }).canonicalBytes)
  }
}
