import CSimdJSON

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What became of one row.
public enum RowVerdict: Sendable, Equatable {
  case valid
  case invalid
  /// It is no JSON, or a name occurs twice in an object.
  case malformed
  /// Only the whole evaluator can tell.
  case undecided
}

/// A valid row as digests and duplicates see it.
public struct CanonicalRow {
  /// Good until the next row is handed out.
  public let bytes: UnsafeRawBufferPointer
  /// Equal for objects with the same names.
  public let shape: UInt64
}

/// Checks many rows of newline-delimited JSON at a time; one for each thread.
///
/// Memory is taken once, when it is made. Everything but `valid` is handed out for a closer look.
public final class RowBatch {
  /// Where the caller puts text: `capacity` bytes.
  public let text: UnsafeMutableRawBufferPointer
  private let memory: UnsafeMutableRawPointer
  private let structurals: OpaquePointer
  private let program: FastProgram?
  private let canonicalMemory = CanonicalMemory()
  private let walkMemory = WalkMemory()

  /// - Parameter capacity: the longest text of a call, in bytes; at most 1 GiB.
  /// - Returns: nil where there is no memory for it.
  public init?(_ schema: CompiledSchema, capacity: Int) {
    guard capacity > 0, capacity <= 1 << 30, let structurals = mlops_structurals_make(capacity)
    else { return nil }
    self.structurals = structurals
    // 16 bytes before the text, so that looking back from its first byte stays inside.
    memory = .allocate(
      byteCount: 64 + capacity + Int(MLOPS_STRUCTURALS_PADDING), alignment: 64)
    memory.initializeMemory(
      as: UInt8.self, repeating: 0, count: 64 + capacity + Int(MLOPS_STRUCTURALS_PADDING))
    text = UnsafeMutableRawBufferPointer(start: memory + 64, count: capacity)
    program = schema.fast
  }

  deinit {
    mlops_structurals_free(structurals)
    memory.deallocate()
  }

  /// Rows of a call, by what became of them.
  public struct Counts: Sendable, Equatable {
    /// Line ends passed.
    public var lines = 0
    /// Rows that are not blank.
    public var rows = 0
    public var valid = 0
    public init() {}
  }

  /// Checks the rows in the first `length` bytes, which end with a row's end.
  ///
  /// - Parameters:
  ///   - counter: takes the violations of invalid rows; nil where only the verdict matters.
  ///   - look: gets every row that is not valid: its line in this text from 0, where it is, and what
  ///     became of it. The violations of `undecided` rows are its to count.
  public func check(
    _ length: Int, counter: ViolationCounter? = nil,
    look: (_ line: Int, _ place: Range<Int>, _ verdict: RowVerdict) -> Void
  ) -> Counts {
    check(length, counter, canonical: nil, look: look)
  }

  /// As `check`, and hands out every valid row in order too, in canonical form.
  ///
  /// - Parameters:
  ///   - canonical: gets a valid row's line in this text from 0 and its canonical form.
  ///   - look: as in `check`; also gets valid rows whose canonical form needs `JSONValue`, as
  ///     `undecided`.
  public func check(
    _ length: Int, canonical: ((_ line: Int, _ row: CanonicalRow) -> Void)?,
    look: (_ line: Int, _ place: Range<Int>, _ verdict: RowVerdict) -> Void
  ) -> Counts {
    check(length, nil, canonical: canonical, look: look)
  }

  private func check(
    _ length: Int, _ counter: ViolationCounter?,
    canonical: ((_ line: Int, _ row: CanonicalRow) -> Void)?,
    look: (_ line: Int, _ place: Range<Int>, _ verdict: RowVerdict) -> Void
  ) -> Counts {
    guard let base = text.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return Counts() }
    // simdjson reads behind the text; what is there must not look like more of it.
    memset(base + length, 0x20, min(64, text.count + 64 - length))
    guard let program else { return checkWithoutProgram(base, length, look) }
    guard mlops_structurals_find(structurals, base, length) == 0 else {
      // One row spoils the whole text: its quote is open, or its bytes are no UTF-8.
      return checkEach(program, base, length, counter, canonical, look)
    }
    var walker = RowWalker<VerdictWalk>(
      program, text: base, indexes: mlops_structurals_indexes(structurals), memory: walkMemory)
    return rows(
      &walker, program, base, 0, length, count: mlops_structurals_count(structurals), counter,
      canonical, look)
  }

  private func rows(
    _ walker: inout RowWalker<VerdictWalk>, _ program: FastProgram,
    _ base: UnsafeMutablePointer<UInt8>, _ start: Int, _ length: Int, count: Int,
    _ counter: ViolationCounter?,
    _ canonical: ((_ line: Int, _ row: CanonicalRow) -> Void)?,
    _ look: (_ line: Int, _ place: Range<Int>, _ verdict: RowVerdict) -> Void
  ) -> Counts {
    var counts = Counts()
    var position = start
    var index = 0
    let indexes = walker.indexes
    while position < length {
      let found = memchr(base + position, 0x0A, length &- position)
      let lineEnd = found.map { UnsafeMutableRawPointer(base).distance(to: $0) } ?? length
      defer {
        position = lineEnd &+ 1
        counts.lines &+= 1
      }
      guard index < count, Int(indexes[index]) < lineEnd else { continue }
      counts.rows &+= 1
      walker.textEnd = UInt32(truncatingIfNeeded: lineEnd)
      walker.hasEscapes =
        memchr(base + position, CInt(UInt8(ascii: "\\")), lineEnd &- position) != nil
      let first = index
      var next = first
      let step = walker.row(from: &next, root: program.root)
      index = next
      if step == .valid {
        if let canonical {
          if let row = canonicalRow(first, walker, position..<lineEnd) {
            counts.valid &+= 1
            canonical(counts.lines, row)
          } else {
            look(counts.lines, position..<lineEnd, .undecided)
          }
        } else {
          counts.valid &+= 1
        }
        continue
      }
      look(
        counts.lines, position..<lineEnd, RowBatch.verdict(step, &walker, first, position, counter))
      while index < count, walker.isInside(index) { index &+= 1 }
    }
    return counts
  }

  /// A valid row in canonical form; nil where that needs `JSONValue`.
  private func canonicalRow(
    _ first: Int, _ walker: borrowing RowWalker<VerdictWalk>, _ place: Range<Int>
  ) -> CanonicalRow? {
    guard !walker.hasEscapes else { return nil }
    canonicalMemory.makeRoom(place.count)
    var canonicaliser = RowCanonicaliser(
      text: walker.text, indexes: walker.indexes,
      textEnd: UInt32(truncatingIfNeeded: place.upperBound), memory: canonicalMemory)
    guard let bytes = canonicaliser.row(at: first) else { return nil }
    return CanonicalRow(bytes: bytes, shape: canonicaliser.shape)
  }

  /// An invalid row may be no JSON behind the place where it became invalid.
  private static func verdict(
    _ step: WalkStep, _ walker: inout RowWalker<VerdictWalk>, _ first: Int, _ start: Int,
    _ counter: ViolationCounter?
  ) -> RowVerdict {
    switch step {
    case .valid: return .valid
    case .malformed: return .malformed
    case .undecided: return .undecided
    case .invalid: break
    }
    if let counter { return count(walker, first, start, counter) }
    var next = first
    switch walker.row(from: &next, root: -1) {
    case .valid, .invalid: return .invalid
    case .malformed: return .malformed
    case .undecided: return .undecided
    }
  }

  /// Walks an invalid row once more, to its end, and counts its violations.
  ///
  /// - Parameter start: Where the row begins in the walk's text.
  private static func count(
    _ verdict: borrowing RowWalker<VerdictWalk>, _ first: Int, _ start: Int,
    _ counter: ViolationCounter
  ) -> RowVerdict {
    var walker = RowWalker<CollectingWalk>(
      verdict.program, text: verdict.text, indexes: verdict.indexes, memory: verdict.memory,
      counter: counter)
    walker.textEnd = verdict.textEnd
    walker.hasEscapes = verdict.hasEscapes
    counter.beginRow(at: start)
    var next = first
    let step = walker.row(from: &next, root: walker.program.root)
    guard step == .valid, counter.hasEntries else {
      counter.dropRow()
      return step == .malformed ? .malformed : .undecided
    }
    counter.commitRow()
    return .invalid
  }

  /// Row by row, each with its own look for structure.
  private func checkEach(
    _ program: FastProgram, _ base: UnsafeMutablePointer<UInt8>, _ length: Int,
    _ counter: ViolationCounter?, _ canonical: ((_ line: Int, _ row: CanonicalRow) -> Void)?,
    _ look: (_ line: Int, _ place: Range<Int>, _ verdict: RowVerdict) -> Void
  ) -> Counts {
    var counts = Counts()
    forEachLine(base, length) { line, place in
      counts.lines += 1
      let start = base + place.lowerBound
      guard mlops_structurals_find(structurals, start, place.count) == 0 else {
        counts.rows += 1
        look(line, place, .malformed)
        return
      }
      var walker = RowWalker<VerdictWalk>(
        program, text: start, indexes: mlops_structurals_indexes(structurals), memory: walkMemory)
      let one = rows(
        &walker, program, start, 0, place.count, count: mlops_structurals_count(structurals),
        counter,
        canonical.map { canonical in { canonical(line, $1) } }
      ) { look(line, place, $2) }
      counts.rows += one.rows
      counts.valid += one.valid
    }
    return counts
  }

  /// A schema that only the whole evaluator understands.
  private func checkWithoutProgram(
    _ base: UnsafeMutablePointer<UInt8>, _ length: Int,
    _ look: (_ line: Int, _ place: Range<Int>, _ verdict: RowVerdict) -> Void
  ) -> Counts {
    var counts = Counts()
    forEachLine(base, length) { line, place in
      counts.lines += 1
      guard !base[place].allSatisfy(FastBytes.isSpace) else { return }
      counts.rows += 1
      look(line, place, .undecided)
    }
    return counts
  }

  private func forEachLine(
    _ base: UnsafeMutablePointer<UInt8>, _ length: Int, _ body: (Int, Range<Int>) -> Void
  ) {
    var (position, line) = (0, 0)
    while position < length {
      let found = memchr(base + position, 0x0A, length - position)
      let end = found.map { UnsafeMutableRawPointer(base).distance(to: $0) } ?? length
      body(line, position..<end)
      position = end + 1
      line += 1
    }
  }
}

extension UnsafeMutablePointer<UInt8> {
  fileprivate subscript(range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: self + range.lowerBound, count: range.count)
  }
}
