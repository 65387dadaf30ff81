public import JSON
public import SystemPackage

/// Splits rows by the hash of their group, so that no group is in two splits.
///
/// **Without a stratum** a group's part depends on its key, the salt and the shares alone: a row
/// stays where it is whatever is added or removed, and shares are met on average.
///
/// **With a stratum** each part has its share of every stratum to within one group. Adding `k` groups
/// to a stratum moves the border between two parts by at most `k` places in the order of hashes, so
/// at most `k` old groups cross each border; groups of other strata stay. The same rows give the same
/// split in whatever order they come.
public struct Splitter: Sendable {
  private let plan: SplitPlan

  public init(_ plan: SplitPlan) { self.plan = plan }

  /// The name of the part that a row belongs to; only for plans without a stratum, as one row does
  /// not say what others there are.
  ///
  /// - Returns: nil for a plan with a stratum.
  public func part(of row: JSONValue) -> String? {
    plan.stratum == nil ? plan.parts[index(plan.fingerprint(of: row))].name : nil
  }

  /// The part of each row, in order.
  public func split(_ rows: [JSONValue]) throws(DatasetsError) -> (
    parts: [String], report: SplitReport
  ) {
    let assignment = try assignment { () throws(DatasetsError) in MemorySource(rows) }
    var tally = SplitTally(plan)
    let parts = rows.map { row in plan.parts[tally.note(row, index(of: row, assignment))].name }
    return (parts, tally.report)
  }

  /// Writes each part of a file in canonical form; no file appears unless all are whole.
  ///
  /// - Parameter outputs: A path for every part, by name.
  /// - Throws: `DatasetsError.fileFailed`; `.malformedSetting` where a part has no path.
  public func split(
    _ input: FilePath, format: SourceFormat? = nil, into outputs: [String: FilePath]
  ) throws(DatasetsError) -> SplitReport {
    var files: [SplitFile] = []
    for part in plan.parts {
      guard let path = outputs[part.name] else {
        throw .malformedSetting(
          place: "split.parts", expected: "parts that all have a path",
          found: "'\(part.name)' without one", suggestion: nil)
      }
      files.append(try SplitFile(path))
    }
    let assignment = try assignment { () throws(DatasetsError) in
      try SourceReader(input, format: format)
    }
    var tally = SplitTally(plan)
    var source = try SourceReader(input, format: format)
    while let row = try source.next() {
      guard case .success(let value) = row.content else {
        tally.report.rows += 1
        tally.report.skipped += 1
        continue
      }
      let part = tally.note(value, index(of: value, assignment))
      try files[part].file.write(line: value.canonicalBytes)
    }
    for output in files { try output.file.commit() }
    return tally.report
  }

  private func assignment<Source: RowSource & ~Copyable>(
    _ open: () throws(DatasetsError) -> Source
  ) throws(DatasetsError) -> StratifiedAssignment? {
    guard let stratum = plan.stratum else { return nil }
    var assignment = StratifiedAssignment()
    var source = try open()
    while let row = try source.next() {
      guard case .success(let value) = row.content else { continue }
      assignment.note(
        plan.fingerprint(of: value), stratum: SplitTally.stratum(of: value, at: stratum))
    }
    assignment.assign(plan.ends)
    return assignment
  }

  private func index(of row: JSONValue, _ assignment: StratifiedAssignment?) -> Int {
    let group = plan.fingerprint(of: row)
    return assignment?.part(of: group) ?? index(group)
  }

  private func index(_ group: RowFingerprint) -> Int {
    let share = group.share
    return plan.ends.firstIndex { share < $0 } ?? plan.parts.count - 1
  }
}

/// Counts what went where; 16 bytes for each group.
struct SplitTally {
  var report = SplitReport()
  private let plan: SplitPlan
  private var groups: Set<RowFingerprint> = []

  init(_ plan: SplitPlan) {
    self.plan = plan
    var start = 0.0
    report.parts = zip(plan.parts, plan.ends).map { part, end in
      defer { start = end }
      return SplitReport.Part(name: part.name, share: end - start)
    }
  }

  /// - Returns: the part.
  mutating func note(_ row: JSONValue, _ part: Int) -> Int {
    report.rows += 1
    report.parts[part].rows += 1
    if groups.insert(plan.fingerprint(of: row)).inserted { report.parts[part].groups += 1 }
    if let stratum = plan.stratum {
      report.parts[part].strata[SplitTally.stratum(of: row, at: stratum), default: 0] += 1
    }
    return part
  }

  /// The value as text; empty where there is none.
  static func stratum(of row: JSONValue, at pointer: JSONPointer) -> String {
    row[pointer].map { $0.string ?? $0.canonical } ?? ""
  }
}
