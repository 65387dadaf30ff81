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
    var violations: GroupTally.Piece?
    var rows: [FaultyRow] = []
    /// Whether lines are those of the file already, not of this piece.
    var hasPlaces = false
  }

  /// What later pieces are still asked for.
  private struct Wanted {
    var labels = true
    var rows = true
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
    let counter = ViolationCounter(schema)
    var wanted = Wanted()
    while merge.withLock({ $0.failure == nil }) {
      switch try feed.fill(batch.text) {
      case .end: return
      case .tooSmall(let needed):
        guard let larger = RowBatch(schema, capacity: needed) else { throw noMemory() }
        batch = larger
      case .tooLong(let sequence, let length):
        counter.addDefect("syntax")
        for kind in counter.fresh { counter.setPlace(of: kind.number, line: 1, column: 1) }
        var findings = Findings()
        findings.counts.lines = 1
        findings.counts.rows = 1
        findings.violations = GroupTally.Piece(counter)
        findings.rows = [FaultyRow(line: 0, bytes: [], length: length)]
        wanted = hand(in: findings, sequence, merge)
      case .rows(let sequence, let length, let origins):
        wanted = hand(in: check(batch, counter, length, origins, wanted), sequence, merge)
      }
      counter.wantsLabels = wanted.labels
    }
  }

  private func check(
    _ batch: RowBatch, _ counter: ViolationCounter, _ length: Int,
    _ origins: [ElementSplitter.Origin]?, _ wanted: Wanted
  ) -> Findings {
    var findings = Findings()
    findings.hasPlaces = origins != nil
    var accepted = 0
    let counts = batch.check(length, counter: counter) { line, place, verdict in
      let bytes = UnsafeRawBufferPointer(rebasing: batch.text[place])
      let origin = origins.flatMap { $0.indices.contains(line) ? $0[line] : nil }
      // From 0 in this piece, as lines are counted; in an array the place is known.
      let line = origin.map { $0.line - 1 } ?? line
      func row() -> Row { origin?.row(bytes) ?? Row(line: line + 1, bytes: Array(bytes)) }
      switch verdict {
      case .valid: return
      case .invalid: if !counter.fresh.isEmpty { counter.setPlaces(in: row()) }
      case .malformed:
        counter.addDefect("syntax")
        if !counter.fresh.isEmpty { counter.setPlaces(in: row()) }
      case .undecided:
        let row = row()
        guard counter.add(row, checkedBy: schema) else {
          accepted += 1
          return
        }
        if !counter.fresh.isEmpty { counter.setPlaces(in: row) }
      }
      if wanted.rows, findings.rows.count < kept {
        findings.rows.append(FaultyRow(line: line, bytes: Array(bytes), origin: origin))
      }
    }
    findings.violations = GroupTally.Piece(counter)
    findings.counts = counts
    findings.counts.valid += accepted
    return findings
  }

  private func hand(
    in findings: Findings, _ sequence: Int, _ merge: borrowing Mutex<Merge>
  ) -> Wanted {
    let wanted = merge.withLock { merge in
      merge.waiting[sequence] = findings
      while let next = merge.waiting.removeValue(forKey: merge.next) {
        merge.next += 1
        let before = next.hasPlaces ? 0 : merge.lines
        if let piece = next.violations { merge.report.tally.add(piece, linesBefore: before) }
        for row in next.rows where merge.report.faulty.count < kept {
          merge.report.faulty.append((before + row.line + 1, row))
        }
        merge.lines += next.counts.lines
        merge.report.rows += next.counts.rows
        merge.report.valid += next.counts.valid
      }
      return Wanted(
        labels: !merge.report.tally.isFull, rows: merge.report.faulty.count < kept)
    }
    progress?(
      ProgressUpdate(label: "validating", done: feed.consumed, total: feed.size, unit: "B"))
    return wanted
  }

  private func noMemory() -> DatasetsError { .noMemory(path: file) }
}

/// What a scan came to.
struct RowReport: Sendable {
  var rows = 0
  var valid = 0
  var tally = GroupTally()
  /// The first invalid rows with their lines, from 1.
  var faulty: [(line: Int, row: RowScan.FaultyRow)] = []
}
