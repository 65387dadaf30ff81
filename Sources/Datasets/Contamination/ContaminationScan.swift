public import JSON
public import MLOpsCore
public import SystemPackage

/// Looks for the cases of a suite in training data: equal texts, texts nearly the same, and long runs
/// of the same words. Memory grows with the suite, not with the data.
public struct ContaminationScan: Sendable {
  private let index: SuiteIndex
  private let options: ContaminationOptions
  private let fields: FieldSelection
  private let idField: JSONPointer?

  /// - Parameters:
  ///   - fields: Which texts of a row are compared, each by itself.
  ///   - idField: Where a row has its name, for the report.
  public init(
    suite: [SuiteText], fields: FieldSelection = .all, idField: JSONPointer? = nil,
    options: ContaminationOptions = ContaminationOptions()
  ) {
    index = SuiteIndex(suite, options)
    self.options = options
    self.fields = fields
    self.idField = idField
  }

  /// - Throws: `DatasetsError.fileFailed`, `.malformedSource`.
  public func scan(
    _ file: FilePath, format: SourceFormat? = nil, progress: ProgressHandler? = nil
  ) throws(DatasetsError) -> ContaminationReport {
    var report = begin()
    var source = try SourceReader(file, format: format)
    while let row = try source.next() {
      guard case .success(let value) = row.content else {
        report.defective += 1
        continue
      }
      note(value, line: row.line, in: &report)
      if report.rows % 4096 == 0 {
        progress?(
          ProgressUpdate(label: "comparing", done: Int64(report.rows), total: nil, unit: "rows"))
      }
    }
    return report
  }

  /// Scans rows in memory; a row's line is its place, from 1.
  public func scan(_ rows: [JSONValue]) -> ContaminationReport {
    var report = begin()
    for (place, row) in rows.enumerated() { note(row, line: place + 1, in: &report) }
    return report
  }

  private func begin() -> ContaminationReport {
    var report = ContaminationReport()
    report.cases = index.cases.count
    report.shortCases = index.shortCases
    report.templates = index.templates
    return report
  }

  private func note(_ row: JSONValue, line: Int, in report: inout ContaminationReport) {
    report.rows += 1
    var hits: [ContaminationHit] = []
    let id = idField.flatMap { row[$0] }.map { $0.string ?? $0.canonical }
    fields.visit(row) { pointer, text in
      hits += RowMatcher(index: index, text: text).matches().map { match in
        ContaminationHit(
          kind: match.kind, caseID: index.cases[match.ordinal].id, line: line, rowID: id,
          pointer: pointer.description, similarity: match.similarity, spans: match.spans)
      }
    }
    guard !hits.isEmpty else { return }
    report.contaminatedRows += 1
    report.hitCount += hits.count
    report.hits += hits.prefix(max(0, options.hitLimit - report.hits.count))
    for hit in hits {
      let known = report.caseKinds[hit.caseID]
      report.caseKinds[hit.caseID] = ContaminationHit.Kind.allCases.first {
        $0 == known || $0 == hit.kind
      }
    }
  }
}
