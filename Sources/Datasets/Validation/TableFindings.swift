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
  private let counter: ViolationCounter
  private var tally = GroupTally()
  private var invalid = 0
  private var violationsByHeader = 0
  private var headerFaults: Set<HeaderFault> = []
  private var headerViolations: [LocatedViolation] = []
  private var violations: [LocatedViolation] = []

  private struct HeaderFault: Hashable {
    let column: String
    let isMissing: Bool
    let place: JSONPointer
  }

  init(file: String, header: TableHeader, schema: CompiledSchema, kept: Int) {
    self.file = file
    self.header = header
    known = Array(schema.memberTypes.keys)
    self.kept = kept
    counter = ViolationCounter(schema)
  }

  /// Puts together what was counted; what is found next is counted anew.
  mutating func endPiece() { tally.add(counter) }

  mutating func report() -> ValidationReport {
    endPiece()
    var report = ValidationReport(file: file)
    report.rows = rows
    report.invalid = invalid
    report.violations = Array((headerViolations + violations).prefix(kept))
    report.headerViolations = min(headerViolations.count, kept)
    report.violationsByHeader = violationsByHeader
    tally.fill(&report)
    if rows == 0 { report.dropRowCounts() }
    return report
  }

  /// Takes what the next record came to.
  mutating func add(_ finding: TableFinding) {
    rows += 1
    guard case .invalid(let row, let found, let isCut) = finding else { return }
    if case .failure(let defect) = row.content {
      invalid += 1
      counter.addDefect("syntax")
      counter.setPlaces(in: row)
      describe(LocatedViolation(defect, of: file))
      return
    }
    count(found, isCut: isCut, in: row)
    var ofTheRow: [SchemaViolation] = []
    for violation in found {
      if let fault = fault(of: violation) {
        tell(fault, violation)
      } else {
        ofTheRow.append(violation)
      }
    }
    guard violations.count < kept else { return }
    let located = zip(LocatedViolation.all(ofTheRow, in: row, of: file), ofTheRow).map {
      $0.sayingEmptyCell(of: row, $1)
    }
    for violation in LocatedViolation.inOrder(located) { describe(violation) }
  }

  /// Looks at the header of a table without rows, whose violations are told then, though no row has
  /// them. Only what the schema demands of any row is looked at: there is no row to tell about
  /// conditions.
  mutating func addHeader(checkedBy schema: CompiledSchema) {
    let row = JSONValue.object(
      Dictionary(uniqueKeysWithValues: header.columns.map { ($0, JSONValue.string("")) }))
    let faults = schema.validate(row).filter { violation in
      let isUnconditional = zip(0..., violation.schema.tokens.dropLast()).allSatisfy {
        index, token in
        index % 2 == 0 ? token == "allOf" : Int(token) != nil
      }
      return isUnconditional && violation.condition == nil && fault(of: violation) != nil
    }
    guard !faults.isEmpty else { return }
    count(faults, isCut: false, in: Row(line: header.line, value: row))
    for violation in faults {
      if let fault = fault(of: violation) { tell(fault, violation) }
    }
  }

  private mutating func count(_ found: [SchemaViolation], isCut: Bool, in row: Row) {
    invalid += 1
    counter.add(found, isCut: isCut)
    violationsByHeader += found.count { fault(of: $0) != nil }
    guard !counter.fresh.isEmpty else { return }
    counter.setPlaces(in: row) { violation in
      fault(of: violation).map { header.place(of: $0.column) }
    }
  }

  private mutating func describe(_ violation: LocatedViolation) {
    if violations.count < kept { violations.append(violation) }
  }

  /// What a violation says about the columns; nil where it is about what stands in them.
  private func fault(of violation: SchemaViolation) -> HeaderFault? {
    if violation.instance == .root, let missing = violation.missing,
      header.numbers[missing] == nil
    {
      return HeaderFault(column: missing, isMissing: true, place: violation.schema)
    }
    let isExtra = ["additionalProperties", "unevaluatedProperties"].contains(violation.keyword)
    guard isExtra, violation.instance.tokens.count == 1,
      let column = violation.instance.tokens.first
    else { return nil }
    return HeaderFault(column: column, isMissing: false, place: violation.schema)
  }

  /// Tells a fault of the header the first time that a row has it.
  private mutating func tell(_ fault: HeaderFault, _ violation: SchemaViolation) {
    guard headerFaults.insert(fault).inserted else { return }
    let place = header.place(of: fault.column)
    var located = LocatedViolation(
      file: file, line: place.line, column: place.column,
      pointer: violation.instance.description, schemaPointer: violation.keywordPlace.text,
      keyword: violation.keyword,
      reason: fault.isMissing
        ? missingColumn(fault.column, violation) : unknownColumn(fault.column))
    located.kind = ViolationKind(violation)
    headerViolations.append(located)
  }

  private func missingColumn(_ column: String, _ violation: SchemaViolation) -> String {
    let unknown = header.columns.filter { !known.contains($0) }
    let near = Spelling.nearest(to: column, in: unknown)
    let why = violation.condition.map { ", required \($0)" } ?? ""
    return
      "the header has no column \"\(ShownName.cut(column))\"\(why); it has \(quoted(header.columns))"
      + (near.map {
        "; is \"\(ShownName.cut($0))\" meant to be \"\(ShownName.cut(column))\"?"
      } ?? separatorHint)
  }

  private func unknownColumn(_ column: String) -> String {
    let near = Spelling.nearest(to: column, in: known)
    return
      "the column \"\(ShownName.cut(column))\" is none of the schema's, which has \(quoted(known.sorted()))"
      + (near.map { "; did you mean \"\($0)\"?" } ?? separatorHint)
  }

  /// A table with a single column whose name has another separator in it was read with the wrong one.
  private var separatorHint: String {
    guard header.columns.count == 1, let name = header.columns.first else { return "" }
    if name.contains("\t") { return "; its columns seem to be separated by tabs: try --shape tsv" }
    if name.contains(";") {
      return "; its columns seem to be separated by ';': write a line sep=; before the header"
    }
    return name.contains(",")
      ? "; its columns seem to be separated by commas: try --shape csv" : ""
  }

  private func quoted(_ names: [String]) -> String {
    guard !names.isEmpty else { return "none" }
    let shown = names.prefix(8).map { "\"\(ShownName.cut($0))\"" }.joined(separator: ", ")
    return names.count > 8 ? "\(shown), … (\(names.count) in all)" : shown
  }
}

extension ValidationReport {
  /// Violations of a header alone are in no row.
  fileprivate mutating func dropRowCounts() {
    invalid = 0
    for index in groups.indices { groups[index].rows = 0 }
  }

  /// Of a table that cannot be read; its header counts as an invalid row.
  init(file: String, defectiveHeader defect: RowDefect) {
    self.init(file: file)
    rows = 1
    invalid = 1
    violations = [LocatedViolation(defect, of: file, keyword: "header")]
    violationCount = 1
    groups = [
      ValidationGroup(
        kind: ViolationKind(defect: "header"), keyword: "header", schemaPointer: "", pointer: "",
        violations: 1, rows: 1, line: defect.line, column: defect.column)
    ]
  }
}

extension LocatedViolation {
  /// Says that a cell is empty, where a cell's type is wrong for that reason.
  fileprivate func sayingEmptyCell(of row: Row, _ violation: SchemaViolation) -> LocatedViolation {
    guard violation.keyword == "type", case .success(let value) = row.content,
      value[violation.instance] == .string("")
    else { return self }
    var located = LocatedViolation(
      file: file, line: line, column: column, pointer: pointer, schemaPointer: schemaPointer,
      keyword: keyword, reason: "expected \(violation.expected), found an empty cell")
    located.kind = kind
    return located
  }
}
