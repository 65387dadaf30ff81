import JSON

/// The group of each row of a split: what must stay together.
///
/// A row that has none of the plan's fields is a group of its own. A synthetic row is of its source's
/// group, wherever in the file the source stands and whatever fields it has itself, so that no
/// variant of a row is in another part than the row; the source's own group is the one that it has
/// without any variant. A synthetic row whose source is not among the rows goes by its own fields,
/// and where it has none, with the other variants of that source.
struct RowGroups {
  /// Why a row is of its group.
  enum Origin { case own, source, orphan }

  private let plan: SplitPlan
  /// For the fingerprint of a source that some mark names, its group.
  private var groupOfSource: [RowFingerprint: RowFingerprint] = [:]

  /// Reads the rows once, and once more where there are synthetic ones to find the sources of.
  ///
  /// - Throws: `DatasetsError.malformedSetting` where no row has a field that the plan names: each
  ///   would be a group of its own, and what belongs together would not stay so.
  init<Source: RowSource & ~Copyable>(
    _ plan: SplitPlan, _ open: () throws(DatasetsError) -> Source
  ) throws(DatasetsError) {
    self.plan = plan
    var wanted: Set<RowFingerprint> = []
    var names = FieldNames()
    var absent = plan.fields
    var count = 0
    var first = try open()
    while let row = try first.next() {
      guard case .success(let value) = row.content else { continue }
      count += 1
      if !absent.isEmpty {
        absent.removeAll { value[$0.pointer] != nil }
        names.note(value)
      }
      if let source = plan.source(of: value) { wanted.insert(source) }
    }
    if count > 0, let field = absent.first { throw names.refusal(of: field) }
    guard !wanted.isEmpty else { return }
    var second = try open()
    while let row = try second.next() {
      guard case .success(let value) = row.content, value[plan.mark] == nil else { continue }
      let fingerprint = RowFingerprint(value.canonicalBytes)
      if wanted.contains(fingerprint) { groupOfSource[fingerprint] = plan.fingerprint(of: value) }
    }
  }

  /// The group of a row, and why it is that one.
  func group(of row: JSONValue) -> (group: RowFingerprint, origin: Origin) {
    guard let source = plan.source(of: row) else { return (plan.fingerprint(of: row), .own) }
    guard let group = groupOfSource[source] else {
      return (plan.fingerprint(of: row, from: source), .orphan)
    }
    return (group, .source)
  }
}
