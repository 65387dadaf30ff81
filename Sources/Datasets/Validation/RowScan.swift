import Dispatch
import JSON
import JSONSchema
import MLOpsCore
import Synchronization
import SystemPackage

/// Checks a stream of rows with several threads, in memory that does not grow with it.
///
/// Every thread takes a piece of whole rows, checks it and hands in what it found; findings are
/// put together in the order of the rows, so the report does not depend on the threads.
struct RowScan {
  let schema: CompiledSchema
  let file: String
  let feed: RowFeed
  /// How many invalid rows are kept to be described.
  let kept: Int
  let threads: Int
  let progress: ProgressHandler?

  /// Bytes of rows that a thread takes at a time: small enough to stay in its cache.
  private static let pieceSize = 256 << 10

  /// What one piece came to.
  private struct Findings: Sendable {
    var counts = RowBatch.Counts()
    var groups: [RowFault: (count: Int, firstLine: Int)] = [:]
    /// By the number of the assertion: names are looked up once a piece, not once a row.
    var assertions: [Int: (count: Int, firstLine: Int)] = [:]
    var rows: [FaultyRow] = []
    /// Whether lines are those of the file already, not of this piece.
    var hasPlaces = false

    mutating func add(_ fault: RowFault, _ line: Int, count: Int = 1) {
      var known = groups[fault] ?? (0, line)
      known.count += count
      known.firstLine = min(known.firstLine, line)
      groups[fault] = known
    }
  }

  /// An invalid row that will be described.
  struct FaultyRow: Sendable {
    /// From 0, in its piece.
    let line: Int
    /// As it came; its origin gives the row as it was written.
    let bytes: [UInt8]
    /// For an element of an array.
    var origin: ElementSplitter.Origin?
    /// Where it is longer than is read: its whole length.
    var length: Int?
  }

  private struct Merge: Sendable {
    var report: RowReport
    var waiting: [Int: Findings] = [:]
    var next = 0
    var lines = 0
    var failure: DatasetsError?
  }

  /// - Throws: `datasets.file_failed`, `datasets.damaged_archive`, `datasets.no_memory`.
  func run() throws(DatasetsError) -> RowReport {
    let merge = Mutex(Merge(report: RowReport()))
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      do throws(DatasetsError) {
        try work(merge)
      } catch {
        merge.withLock { $0.failure = $0.failure ?? error }
      }
    }
    return try merge.withLock { merge throws(DatasetsError) in
      if let failure = merge.failure { throw failure }
      return merge.report
    }
  }

  private func work(_ merge: borrowing Mutex<Merge>) throws(DatasetsError) {
    guard var batch = RowBatch(schema, capacity: RowScan.pieceSize) else { throw noMemory() }
    while merge.withLock({ $0.failure == nil }) {
      switch try feed.fill(batch.text) {
      case .end: return
      case .tooSmall(let needed):
        guard let larger = RowBatch(schema, capacity: needed) else { throw noMemory() }
        batch = larger
      case .tooLong(let sequence, let length):
        var findings = Findings()
        findings.counts.lines = 1
        findings.counts.rows = 1
        findings.add(.syntax, 0)
        findings.rows = [FaultyRow(line: 0, bytes: [], length: length)]
        hand(in: findings, sequence, merge)
      case .rows(let sequence, let length, let origins):
        hand(in: check(batch, length, origins), sequence, merge)
      }
    }
  }

  private func check(
    _ batch: RowBatch, _ length: Int, _ origins: [ElementSplitter.Origin]?
  ) -> Findings {
    var findings = Findings()
    findings.hasPlaces = origins != nil
    var accepted = 0
    let counts = batch.check(length) { line, place, verdict in
      let bytes = UnsafeRawBufferPointer(rebasing: batch.text[place])
      let origin = origins.flatMap { $0.indices.contains(line) ? $0[line] : nil }
      // From 0 in this piece, as lines are counted; in an array the place is known.
      let line = origin.map { $0.line - 1 } ?? line
      if case .invalid(let assertion) = verdict {
        findings.assertions[assertion, default: (0, line)].count += 1
      } else if let fault = fault(verdict, bytes) {
        findings.add(fault, line)
      } else {
        accepted += 1
        return
      }
      if findings.rows.count < kept {
        findings.rows.append(FaultyRow(line: line, bytes: Array(bytes), origin: origin))
      }
    }
    for (assertion, found) in findings.assertions {
      findings.add(fault(of: assertion), found.firstLine, count: found.count)
    }
    findings.counts = counts
    findings.counts.valid += accepted
    return findings
  }

  /// What is wrong with a row; nil where the evaluator finds it valid.
  private func fault(_ verdict: RowVerdict, _ bytes: UnsafeRawBufferPointer) -> RowFault? {
    switch verdict {
    case .valid: return nil
    case .malformed: return .syntax
    case .invalid(let assertion): return fault(of: assertion)
    case .undecided:
      guard let value = try? JSONValue(parsing: Array(bytes)) else { return .syntax }
      return schema.validate(value).first.map {
        RowFault(keyword: $0.keyword, place: $0.schema.description)
      }
    }
  }

  private func fault(of assertion: Int) -> RowFault {
    RowFault(
      keyword: schema.keyword(of: assertion), place: schema.place(of: assertion).description)
  }

  private func hand(in findings: Findings, _ sequence: Int, _ merge: borrowing Mutex<Merge>) {
    merge.withLock { merge in
      merge.waiting[sequence] = findings
      while let next = merge.waiting.removeValue(forKey: merge.next) {
        merge.next += 1
        let before = next.hasPlaces ? 0 : merge.lines
        for (fault, found) in next.groups {
          let line = before + found.firstLine + 1
          let known = merge.report.groups[fault] ?? (0, line)
          merge.report.groups[fault] = (known.0 + found.count, min(known.1, line))
        }
        for row in next.rows where merge.report.faulty.count < kept {
          merge.report.faulty.append((before + row.line + 1, row))
        }
        merge.lines += next.counts.lines
        merge.report.rows += next.counts.rows
        merge.report.valid += next.counts.valid
      }
    }
    progress?(
      ProgressUpdate(label: "validating", done: feed.consumed, total: feed.size, unit: "B"))
  }

  private func noMemory() -> DatasetsError { .noMemory(path: file) }
}

/// A keyword of the schema that rows violate; `syntax` where they are no JSON.
struct RowFault: Hashable, Sendable {
  let keyword: String
  let place: String

  static let syntax = RowFault(keyword: "syntax", place: "")
}

/// What a scan came to.
struct RowReport: Sendable {
  var rows = 0
  var valid = 0
  var groups: [RowFault: (Int, Int)] = [:]
  /// The first invalid rows with their lines, from 1.
  var faulty: [(line: Int, row: RowScan.FaultyRow)] = []
}
