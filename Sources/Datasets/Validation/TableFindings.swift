import JSON
import JSONSchema
import MLOpsCore

/// Puts together what is wrong with the rows of a table, and tells once, of the header, what is the
/// header's fault.
struct TableFindings {
  private let file: String
  private let header: TableHeader
  /// The columns that the schema names.
  private let known: [String]
  private let kept: Int
  private(set) var rows = 0
  private var invalid = 0
  private var invalidByHeader = 0
  private var groups: [RowFault: (Int, Int)] = [:]
  private var headerFaults: Set<HeaderFault> = []
  private var headerViolations: [LocatedViolation] = []
  private var violations: [LocatedViolation] = []

  private struct HeaderFault: Hashable {
    let column: String
    let place: JSONPointer
  }

  init(file: String, header: TableHeader, known: [String], kept: Int) {
    self.file = file
    self.header = header
    self.known = known
    self.kept = kept
  }

  var report: ValidationReport {
    var report = ValidationReport(file: file)
    report.rows = rows
    report.invalid = invalid
    report.invalidByHeader = invalidByHeader
    report.groups = ViolationGroup.sorted(groups)
    report.violations = Array((headerViolations + violations).prefix(kept))
    report.headerViolations = min(headerViolations.count, kept)
    return report
  }

  /// Takes the next row and what its schema has to say.
  mutating func add(_ row: Row, _ found: [SchemaViolation]) {
    rows += 1
    if case .failure(let defect) = row.content {
      count(.syntax, row)
      describe(LocatedViolation(defect, of: file))
      return
    }
    guard let first = found.first else { return }
    count(RowFault(keyword: first.keyword, place: first.schema.description), row)
    let ofTheRow = found.filter { !isTheHeaders($0) }
    if ofTheRow.isEmpty { invalidByHeader += 1 }
    guard violations.count < kept else { return }
    let located = zip(LocatedViolation.all(ofTheRow, in: row, of: file), ofTheRow).map {
      $0.sayingEmptyCell(of: row, $1)
    }
    for violation in LocatedViolation.inOrder(located) { describe(violation) }
  }

  /// Looks at the header of a table without rows, which counts as an invalid row then. Only what
  /// the schema demands of any row is looked at: there is no row to tell about conditions.
  mutating func addHeader(checkedBy schema: CompiledSchema) {
    let row = JSONValue.object(
      Dictionary(uniqueKeysWithValues: header.columns.map { ($0, JSONValue.string("")) }))
    let faults = schema.validate(row).filter { violation in
      let isUnconditional = zip(0..., violation.schema.tokens.dropLast()).allSatisfy {
        index, token in
        index % 2 == 0 ? token == "allOf" : Int(token) != nil
      }
      return isUnconditional && violation.condition == nil && isTheHeaders(violation)
    }
    guard let first = faults.first else { return }
    rows = 1
    count(
      RowFault(keyword: first.keyword, place: first.schema.description),
      Row(line: header.line, value: row))
    invalidByHeader = 1
  }

  private mutating func count(_ fault: RowFault, _ row: Row) {
    invalid += 1
    let known = groups[fault] ?? (0, row.line)
    groups[fault] = (known.0 + 1, known.1)
  }

  private mutating func describe(_ violation: LocatedViolation) {
    if violations.count < kept { violations.append(violation) }
  }

  /// Whether a violation is about the columns, not about what stands in them; it is kept then.
  private mutating func isTheHeaders(_ violation: SchemaViolation) -> Bool {
    if violation.instance == .root, let missing = violation.missing,
      header.numbers[missing] == nil
    {
      tell(HeaderFault(column: missing, place: violation.schema), violation) {
        $0.missingColumn(missing, violation)
      }
      return true
    }
    let isExtra = ["additionalProperties", "unevaluatedProperties"].contains(violation.keyword)
    if isExtra, violation.instance.tokens.count == 1, let column = violation.instance.tokens.first {
      tell(HeaderFault(column: column, place: violation.schema), violation) {
        $0.unknownColumn(column)
      }
      return true
    }
    return false
  }

  private mutating func tell(
    _ fault: HeaderFault, _ violation: SchemaViolation, _ reason: (TableFindings) -> String
  ) {
    guard headerFaults.insert(fault).inserted else { return }
    let place = header.place(of: fault.column)
    headerViolations.append(
      LocatedViolation(
        file: file, line: place.line, column: place.column,
        pointer: violation.instance.description, schemaPointer: violation.schema.description,
        keyword: violation.keyword, reason: reason(self)))
  }

  private func missingColumn(_ column: String, _ violation: SchemaViolation) -> String {
    let unknown = header.columns.filter { !known.contains($0) }
    let near = Spelling.nearest(to: column, in: unknown)
    let why = violation.condition.map { ", required \($0)" } ?? ""
    return "the header has no column \"\(column)\"\(why); it has \(quoted(header.columns))"
      + (near.map { "; is \"\($0)\" meant to be \"\(column)\"?" } ?? separatorHint)
  }

  private func unknownColumn(_ column: String) -> String {
    let near = Spelling.nearest(to: column, in: known)
    return "the column \"\(column)\" is none of the schema's, which has \(quoted(known.sorted()))"
      + (near.map { "; did you mean \"\($0)\"?" } ?? separatorHint)
  }

  /// A table with a single column whose name has another separator in it was read with the wrong one.
  private var separatorHint: String {
    guard header.columns.count == 1, let name = header.columns.first else { return "" }
    if name.contains("\t") { return "; its columns seem to be separated by tabs: try --shape tsv" }
    return name.contains(";") || name.contains(",")
      ? "; its columns seem to be separated otherwise: commas separate in CSV, tabs in TSV" : ""
  }

  private func quoted(_ names: [String]) -> String {
    guard !names.isEmpty else { return "none" }
    let shown = names.prefix(8).map { "\"\($0)\"" }.joined(separator: ", ")
    return names.count > 8 ? "\(shown), … (\(names.count) in all)" : shown
  }
}

extension ValidationReport {
  /// Of a table that cannot be read; its header counts as an invalid row.
  init(file: String, defectiveHeader defect: RowDefect) {
    self.init(file: file)
    rows = 1
    invalid = 1
    violations = [LocatedViolation(defect, of: file, keyword: "header")]
    groups = [
      ViolationGroup(keyword: "header", schemaPointer: "", count: 1, firstLine: defect.line)
    ]
  }
}

extension LocatedViolation {
  /// Says that a cell is empty, where a cell's type is wrong for that reason.
  fileprivate func sayingEmptyCell(of row: Row, _ violation: SchemaViolation) -> LocatedViolation {
    guard violation.keyword == "type", case .success(let value) = row.content,
      value[violation.instance] == .string("")
    else { return self }
    return LocatedViolation(
      file: file, line: line, column: column, pointer: pointer, schemaPointer: schemaPointer,
      keyword: keyword, reason: "expected \(violation.expected), found an empty cell")
  }
}
