public import JSONSchema
public import MLOpsCore
public import SystemPackage
import JSON

/// Checks every row of a file against a schema, in memory bounded but for 16 bytes a row.
public struct RecordValidator: Sendable {
  private let schema: CompiledSchema
  private let maxErrors: Int

  /// - Parameter maxErrors: How many violations are kept to be shown; all are counted.
  public init(schema: CompiledSchema, maxErrors: Int = 20) {
    self.schema = schema
    self.maxErrors = maxErrors
  }

  /// - Throws: `DatasetsError.fileFailed`; invalid rows are no error but part of the report.
  public func validate(file: FilePath, progress: ProgressHandler? = nil) throws(DatasetsError)
    -> ValidationReport
  {
    var report = ValidationReport(file: file.string)
    var seen: Set<RowFingerprint> = []
    var tally = ViolationTally()
    var reader = try RowReader(file)
    while let row = try reader.next() {
      report.rows += 1
      if case .success(let value) = row.content,
        !seen.insert(RowFingerprint(value.canonicalBytes)).inserted
      {
        report.duplicates += 1
      }
      let violations = check(row, of: file.string)
      if violations.isEmpty { report.valid += 1 } else { report.invalid += 1 }
      for violation in violations {
        tally.add(violation)
        if report.violations.count < maxErrors { report.violations.append(violation) }
      }
      if report.rows % 4096 == 0 {
        progress?(
          ProgressUpdate(label: "validating", done: Int64(report.rows), total: nil, unit: "rows"))
      }
    }
    report.violationCount = tally.total
    report.groups = tally.groups
    return report
  }

  /// The violations of one row; a row that is no JSON has exactly one.
  func check(_ row: Row, of file: String) -> [LocatedViolation] {
    switch row.content {
    case .failure(let defect):
      return [
        LocatedViolation(
          file: file, line: defect.line, column: defect.column, pointer: "", schemaPointer: "",
          keyword: "syntax", reason: defect.reason)
      ]
    case .success(let value):
      return schema.validate(value).map { violation in
        let place = row.place(of: violation.instance)
        return LocatedViolation(
          file: file, line: place.line, column: place.column,
          pointer: violation.instance.description, schemaPointer: violation.schema.description,
          keyword: violation.keyword,
          reason: "expected \(violation.expected), found \(violation.found)")
      }
    }
  }
}

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
  var groups: [ViolationGroup] {
    byKey.values.sorted {
      ($1.count, $0.schemaPointer, $0.keyword) < ($0.count, $1.schemaPointer, $1.keyword)
    }
  }
}
