public import JSON
public import MLOpsCore
public import SystemPackage

/// Runs a pipeline over rows; every row is written or accounted for.
public struct Cleaner: Sendable {
  private let pipeline: CleaningPipeline

  public init(_ pipeline: CleaningPipeline) { self.pipeline = pipeline }

  /// Cleans a file; neither output appears unless both are whole.
  ///
  /// The input is read once, and once more for every step that looks for near duplicates.
  ///
  /// - Parameters:
  ///   - format: How the input is written; nil for what its name and first bytes say.
  ///   - output: Where the rows go that are left, in canonical form.
  ///   - dropped: Where `{"line","pointer","reason","step"}` go, one a line; may be empty.
  /// - Throws: `DatasetsError.fileFailed`, `.malformedSource`; `.noRows` where nothing is left, with
  ///   what took the rows out.
  public func clean(
    _ input: FilePath, format: SourceFormat? = nil, output: FilePath, dropped: FilePath,
    progress: ProgressHandler? = nil
  ) throws(DatasetsError) -> CleaningReport {
    var kept = try AtomicFile(output)
    var rejected = try AtomicFile(dropped)
    let found = try nearDuplicates(progress) { () throws(DatasetsError) in
      try SourceReader(input, format: format)
    }
    var source = try SourceReader(input, format: format)
    var pass = CleaningPass(pipeline, found)
    while let row = try source.next() {
      switch pass.clean(row) {
      case .success(let value): try kept.write(line: value.canonicalBytes)
      case .failure(let entry): try rejected.write(line: entry.json.canonicalBytes)
      }
      if pass.report.rows % 4096 == 0 {
        try DatasetsError.checkInterruption(of: input.string)
        progress?(
          ProgressUpdate(
            label: "cleaning", done: Int64(pass.report.rows), total: nil, unit: "rows"))
      }
    }
    guard pass.report.written > 0 else {
      throw .noRows(
        path: input.string,
        lost: [LostRows(.defective, pass.report.defective)].compactMap { $0 }
          + LostRows.dropped(by: pass.report),
        first: pass.firstDropped?.reason(in: input.string))
    }
    try rejected.commit()
    try kept.commit()
    return pass.report
  }

  /// Cleans rows in memory; a row's line is its place, from 1.
  public func clean(_ rows: [JSONValue]) throws(DatasetsError) -> (
    rows: [JSONValue], dropped: [DroppedRow], report: CleaningReport
  ) {
    let found = try nearDuplicates(nil) { () throws(DatasetsError) in MemorySource(rows) }
    var source = MemorySource(rows)
    var pass = CleaningPass(pipeline, found)
    var kept: [JSONValue] = []
    var dropped: [DroppedRow] = []
    while let row = source.next() {
      switch pass.clean(row) {
      case .success(let value): kept.append(value)
      case .failure(let entry): dropped.append(entry)
      }
    }
    return (kept, dropped, pass.report)
  }

  /// Runs the steps before each that looks for near duplicates, and finds them.
  func nearDuplicates<Source: RowSource & ~Copyable>(
    _ progress: ProgressHandler?, _ open: () throws(DatasetsError) -> Source
  ) throws(DatasetsError) -> [Int: FoundDuplicates] {
    var found: [Int: FoundDuplicates] = [:]
    for (index, step) in pipeline.steps.enumerated() {
      guard let step = step as? NearDuplicatesStep else { continue }
      var source = try open()
      var pass = CleaningPass(CleaningPipeline(Array(pipeline.steps[..<index])), found)
      var finder = NearDuplicateFinder(step.options)
      var rows: [Int] = []
      while let row = try source.next() {
        guard case .success(let value) = pass.clean(row) else { continue }
        finder.add(step.fields.texts(of: value), line: row.line)
        rows.append(pass.report.rows - 1)
        if rows.count % 4096 == 0 { try DatasetsError.checkInterruption(of: "near duplicates") }
      }
      found[index] = FoundDuplicates(try finder.report(progress: progress), rows: rows)
    }
    return found
  }
}
