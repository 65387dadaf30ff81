public import JSON
public import SystemPackage

/// Splits rows by the hash of their group, so that no group is in two splits.
///
/// A synthetic row is of the group of the row it was made from (see `RowGroups`), so augmenting a
/// dataset neither moves its rows nor leaks them.
///
/// **Without a stratum** a group's part depends on its key, the salt and the shares alone: a row
/// stays where it is whatever is added or removed, and shares are met on average.
///
/// **With a stratum** each part has its share of every stratum to within one group. Adding `k` groups
/// to a stratum moves the border between two parts by at most `k` places in the order of hashes, so
/// at most `k` old groups cross each border; groups of other strata stay. The same rows give the same
/// split in whatever order they come, and synthetic rows change no group's stratum.
public struct Splitter: Sendable {
  private let plan: SplitPlan

  public init(_ plan: SplitPlan) { self.plan = plan }

  /// The name of the part that a row belongs to; only for plans without a stratum, as one row does
  /// not say what others there are.
  ///
  /// - Returns: nil for a plan with a stratum, and for a synthetic row, which goes with its source.
  public func part(of row: JSONValue) -> String? {
    guard plan.stratum == nil, plan.source(of: row) == nil else { return nil }
    return plan.parts[index(plan.fingerprint(of: row))].name
  }

  /// The part of each row, in order.
  ///
  /// - Throws: `DatasetsError.malformedSetting` where no row has a field that the plan names.
  public func split(_ rows: [JSONValue]) throws(DatasetsError) -> (
    parts: [String], report: SplitReport
  ) {
    let groups = try RowGroups(plan) { () throws(DatasetsError) in MemorySource(rows) }
    let assignment = try assignment(groups) { () throws(DatasetsError) in MemorySource(rows) }
    var tally = SplitTally(plan, groups)
    let parts = rows.map { row in
      plan.parts[tally.note(row) { index($0, assignment) }].name
    }
    return (parts, tally.report)
  }

  /// Writes each part of a file in canonical form; no file appears unless all are whole.
  ///
  /// - Parameter outputs: A path for every part, by name.
  /// - Throws: `DatasetsError.fileFailed`; `.malformedSetting` where a part has no path, or no row has
  ///   a field that the plan names.
  public func split(
    _ input: FilePath, format: SourceFormat? = nil, into outputs: [String: FilePath]
  ) throws(DatasetsError) -> SplitReport {
    try Files.checkRereadable(input, for: "keeping synthetic rows with their sources")
    var files: [SplitFile] = []
    for part in plan.parts {
      guard let path = outputs[part.name] else {
        throw .malformedSetting(
          place: "split.parts", expected: "parts that all have a path",
          found: "'\(part.name)' without one", suggestion: nil)
      }
      files.append(try SplitFile(path))
    }
    let groups = try RowGroups(plan) { () throws(DatasetsError) in
      try SourceReader(input, format: format)
    }
    let assignment = try assignment(groups) { () throws(DatasetsError) in
      try SourceReader(input, format: format)
    }
    var tally = SplitTally(plan, groups)
    var source = try SourceReader(input, format: format)
    while let row = try source.next() {
      guard case .success(let value) = row.content else {
        tally.report.rows += 1
        tally.report.skipped += 1
        continue
      }
      let part = tally.note(value) { index($0, assignment) }
      try files[part].file.write(line: value.canonicalBytes)
    }
    for output in files { try output.file.commit() }
    return tally.report
  }

  private func assignment<Source: RowSource & ~Copyable>(
    _ groups: RowGroups, _ open: () throws(DatasetsError) -> Source
  ) throws(DatasetsError) -> StratifiedAssignment? {
    guard let stratum = plan.stratum else { return nil }
    var assignment = StratifiedAssignment()
    var source = try open()
    while let row = try source.next() {
      guard case .success(let value) = row.content else { continue }
      let (group, origin) = groups.group(of: value)
      // The source says what stratum the group is of, whatever a variant of it says.
      guard origin != .source else { continue }
      assignment.note(group, stratum: SplitTally.stratum(of: value, at: stratum))
    }
    assignment.assign(plan.ends)
    return assignment
  }

  private func index(_ group: RowFingerprint, _ assignment: StratifiedAssignment?) -> Int {
    assignment?.part(of: group) ?? index(group)
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
  private let groups: RowGroups
  private var seen: Set<RowFingerprint> = []

  init(_ plan: SplitPlan, _ groups: RowGroups) {
    self.plan = plan
    self.groups = groups
    var start = 0.0
    report.parts = zip(plan.parts, plan.ends).map { part, end in
      defer { start = end }
      return SplitReport.Part(name: part.name, share: end - start)
    }
  }

  /// - Parameter partOf: gives the part of a group.
  /// - Returns: the part.
  mutating func note(_ row: JSONValue, _ partOf: (RowFingerprint) -> Int) -> Int {
    let (group, origin) = groups.group(of: row)
    let part = partOf(group)
    report.rows += 1
    if origin == .orphan { report.orphans += 1 }
    if origin != .source { noteAbsent(row) }
    report.parts[part].rows += 1
    if seen.insert(group).inserted { report.parts[part].groups += 1 }
    if let stratum = plan.stratum {
      report.parts[part].strata[SplitTally.stratum(of: row, at: stratum), default: 0] += 1
    }
    return part
  }

  private mutating func noteAbsent(_ row: JSONValue) {
    for pointer in plan.group where row[pointer] == nil {
      report.withoutGroup[pointer, default: 0] += 1
    }
    if let stratum = plan.stratum, row[stratum] == nil { report.withoutStratum += 1 }
  }

  /// The value as text; empty where there is none.
  static func stratum(of row: JSONValue, at pointer: JSONPointer) -> String {
    row.label(at: pointer) ?? ""
  }
}
