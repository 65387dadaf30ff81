import JSONSchema

/// Puts together what is wrong with rows that are looked at one after the other.
struct OrderedFindings {
  private let file: String
  private let schema: CompiledSchema
  private let kept: Int
  private let counter: ViolationCounter
  private var tally = GroupTally()
  private(set) var rows = 0
  private var invalid = 0
  private var violations: [LocatedViolation] = []

  /// Rows after which counts are put together.
  private static let pieceRows = 4096

  /// - Parameter kept: How many violations are described.
  init(file: String, schema: CompiledSchema, kept: Int) {
    self.file = file
    self.schema = schema
    self.kept = kept
    counter = ViolationCounter(schema)
  }

  mutating func add(_ row: Row) {
    rows += 1
    if rows % OrderedFindings.pieceRows == 0 { tally.add(counter) }
    let found: (violations: [SchemaViolation], isCut: Bool)
    switch row.content {
    case .failure(let defect):
      found = ([], false)
      counter.addDefect("syntax")
      if violations.count < kept { violations.append(LocatedViolation(defect, of: file)) }
    case .success(let value):
      found = schema.violations(of: value)
      guard !found.violations.isEmpty else { return }
      counter.add(found.violations, isCut: found.isCut)
    }
    invalid += 1
    if !counter.fresh.isEmpty { counter.setPlaces(in: row) }
    guard violations.count < kept, !found.violations.isEmpty else { return }
    let located = LocatedViolation.all(found.violations, in: row, of: file)
    violations += LocatedViolation.inOrder(located).prefix(kept - violations.count)
  }

  mutating func report() -> ValidationReport {
    tally.add(counter)
    var report = ValidationReport(file: file)
    report.rows = rows
    report.invalid = invalid
    report.violations = violations
    tally.fill(&report)
    return report
  }
}
