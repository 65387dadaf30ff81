import JSON

/// The group of each row of a split: what must stay together.
///
/// A row that has none of the plan's fields is a group of its own. A synthetic row among those is of
/// its source's group, wherever in the file the source stands, so that no variant of a row is in
/// another part than the row; the source's own group is the one that it has without any variant.
struct RowGroups {
  private let plan: SplitPlan
  /// For the fingerprint of a source that some mark names, its group.
  private var groupOfSource: [RowFingerprint: RowFingerprint] = [:]

  /// Reads the rows once, and once more where there are synthetic ones to find the sources of.
  init<Source: RowSource & ~Copyable>(
    _ plan: SplitPlan, _ open: () throws(DatasetsError) -> Source
  ) throws(DatasetsError) {
    self.plan = plan
    var wanted: Set<RowFingerprint> = []
    var first = try open()
    while let row = try first.next() {
      guard case .success(let value) = row.content, let source = plan.source(of: value) else {
        continue
      }
      wanted.insert(source)
    }
    guard !wanted.isEmpty else { return }
    var second = try open()
    while let row = try second.next() {
      guard case .success(let value) = row.content, value[plan.mark] == nil else { continue }
      let fingerprint = RowFingerprint(value.canonicalBytes)
      if wanted.contains(fingerprint) { groupOfSource[fingerprint] = plan.fingerprint(of: value) }
    }
  }

  /// The group of a row, and whether it is a synthetic one whose source is not among the rows.
  func group(of row: JSONValue) -> (group: RowFingerprint, isOrphan: Bool) {
    guard let source = plan.source(of: row) else { return (plan.fingerprint(of: row), false) }
    guard let group = groupOfSource[source] else {
      return (plan.fingerprint(ofSource: source), true)
    }
    return (group, false)
  }
}
