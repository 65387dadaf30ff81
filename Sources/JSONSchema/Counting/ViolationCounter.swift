import JSON

/// Counts the violations of rows by kind, a piece of rows at a time; one for each thread.
///
/// Texts are made of a kind's first violation only, and no longer once `wantsLabels` is false.
public final class ViolationCounter {
  /// How many violations of one row are counted: bounds the work for rows with very many.
  public static let rowLimit = 10_000
  /// How many kinds are told apart in a report.
  public static let kindLimit = 1_000

  /// How often a kind occurred in a piece.
  public struct Count: Sendable {
    public let kind: ViolationKind
    public fileprivate(set) var violations = 0
    /// Rows with at least one of them.
    public fileprivate(set) var rows = 0
    /// Nil where an earlier piece of the counter had it, or where it is not wanted.
    public fileprivate(set) var label: Label?
    fileprivate var lastRow = -1
    /// Its place in `fresh`, while the row in hand is the first to have it.
    fileprivate var freshIndex: Int?
  }

  /// What a kind is called, and where it occurred first.
  public struct Label: Sendable {
    public let keyword: String
    /// The keyword's place in the schema; empty for rows that are none.
    public let schemaPointer: String
    /// The way into the row, with `*` for indices and names that the schema does not list.
    public let pointer: String
    /// Of the first value, as `setPlace` was told; both from 1, and 0 before that.
    public fileprivate(set) var line = 0
    public fileprivate(set) var column = 0
  }

  /// A kind that the last row was the first to have, so that its place is asked for.
  public struct Fresh {
    /// What is known of the place.
    public enum Place {
      /// The first byte in the row of the first value that has it.
      case offset(Int)
      /// Those of the kind that the row has, at least one, in any order.
      case violations([SchemaViolation])
      /// The row is none.
      case defect
    }

    /// For `setPlace`.
    public let number: Int
    public fileprivate(set) var place: Place
  }

  /// Whether labels may still be of use.
  public var wantsLabels = true
  /// The kinds whose place has to be set, in the order of their violations.
  public private(set) var fresh: [Fresh] = []
  /// Violations in the piece so far.
  public private(set) var violations = 0
  /// Rows of the piece of which only the first `rowLimit` violations were counted.
  public private(set) var cutRows = 0

  private let schema: CompiledSchema
  /// By the number of the assertion; 0 where it was not needed yet.
  private var placeHashes: [UInt64]
  private var counts: [Count] = []
  private var numbers: [ViolationKind: Int] = [:]
  /// Kinds that were labelled in earlier pieces.
  private var told: Set<ViolationKind> = []
  private var labelled = 0

  // The row in hand.
  private var row = 0
  private var rowStart = 0
  private var firstNumber = 0
  private var entries: [(number: Int, count: Int)] = []
  private var entryCount = 0
  private var known: [UInt64] = []
  private var manyKnown: Set<UInt64> = []
  private var isCut = false

  public init(_ schema: CompiledSchema) {
    self.schema = schema
    placeHashes = Array(repeating: 0, count: schema.fast?.assertions.count ?? 0)
  }

  /// Counts the violations of a row that the evaluator found.
  ///
  /// - Parameter isCut: Whether there are more.
  public func add(_ violations: [SchemaViolation], isCut: Bool) {
    beginRow()
    for violation in violations {
      enter(ViolationKind(violation), count: 1) {
        let place = violation.keywordPlace
        return Label(
          keyword: place.keyword, schemaPointer: place.text,
          pointer: ViolationKind.shown(violation.generalInstance))
      } place: {
        .violations([violation])
      } join: { known in
        guard case .violations(var all) = known else { return }
        // Taken out meanwhile, so that the list is not copied.
        known = .defect
        all.append(violation)
        known = .violations(all)
      }
    }
    if isCut { self.isCut = true }
    commitRow()
  }

  /// Counts a row that is none, by what it is called then: `syntax`.
  public func addDefect(_ keyword: String) {
    beginRow()
    enter(ViolationKind(defect: keyword), count: 1) {
      Label(keyword: keyword, schemaPointer: "", pointer: "")
    } place: {
      .defect
    }
    commitRow()
  }

  /// Says where the first violation of a fresh kind stands.
  public func setPlace(of number: Int, line: Int, column: Int) {
    counts[number].label?.line = line
    counts[number].label?.column = column
  }

  /// The counts of the piece, in the order in which kinds came up; a new piece begins.
  public func take() -> [Count] {
    defer {
      for count in counts where count.label != nil { told.insert(count.kind) }
      counts.removeAll(keepingCapacity: true)
      numbers.removeAll(keepingCapacity: true)
      fresh.removeAll()
      (violations, cutRows, labelled, row) = (0, 0, 0, 0)
    }
    return counts
  }

  /// - Parameter start: Where the row begins in the text that offsets are told of.
  func beginRow(at start: Int = 0) {
    row += 1
    rowStart = start
    firstNumber = counts.count
    entries.removeAll(keepingCapacity: true)
    entryCount = 0
    known.removeAll(keepingCapacity: true)
    if !manyKnown.isEmpty { manyKnown.removeAll() }
    if !fresh.isEmpty { fresh.removeAll() }
    isCut = false
  }

  /// Counts a violation of the row in hand that a walk came by; one that it came by already does not
  /// count again.
  ///
  /// - Parameters:
  ///   - way: The hash of the way to the value.
  ///   - offset: Where the value begins in the text, below 2^32.
  ///   - pointer: The way in words.
  func note(
    _ assertion: Int32, way: UInt64, at offset: Int, count: Int, pointer: () -> JSONPointer
  ) {
    guard isNew(UInt64(UInt32(bitPattern: assertion)) << 32 | UInt64(offset)) else { return }
    let assertion = Int(assertion)
    let kind = ViolationKind(keyword: placeHash(of: assertion), way: way)
    enter(kind, count: count) {
      let place = schema.keywordPlace(of: assertion)
      return Label(
        keyword: place.keyword, schemaPointer: place.text,
        pointer: ViolationKind.shown(pointer()))
    } place: {
      .offset(offset - rowStart)
    } join: { known in
      // Schemas that apply to one value are walked one after the other, and each from its beginning.
      if case .offset(let first) = known { known = .offset(min(first, offset - rowStart)) }
    }
  }

  /// Whether the row in hand has any violation.
  var hasEntries: Bool { !entries.isEmpty }

  func commitRow() {
    for entry in entries {
      counts[entry.number].violations += entry.count
      violations += entry.count
      guard counts[entry.number].lastRow != row else { continue }
      counts[entry.number].lastRow = row
      counts[entry.number].rows += 1
    }
    if isCut { cutRows += 1 }
  }

  /// Forgets the row in hand.
  func dropRow() {
    for count in counts[firstNumber...] {
      numbers[count.kind] = nil
      if count.label != nil { labelled -= 1 }
    }
    counts.removeSubrange(firstNumber...)
    fresh.removeAll()
  }

  /// - Parameters:
  ///   - label: What the kind is called; asked for where it is needed.
  ///   - place: Where the violation stands; likewise.
  ///   - join: Adds its place to that of earlier ones of the row in hand, the first to have the kind.
  private func enter(
    _ kind: ViolationKind, count: Int, label: () -> Label, place: () -> Fresh.Place,
    join: (inout Fresh.Place) -> Void = { _ in }
  ) {
    guard entryCount + count <= ViolationCounter.rowLimit else {
      isCut = true
      return
    }
    entryCount += count
    if let number = numbers[kind] {
      entries.append((number, count))
      if let index = counts[number].freshIndex, index < fresh.count, fresh[index].number == number {
        join(&fresh[index].place)
      }
      return
    }
    numbers[kind] = counts.count
    entries.append((counts.count, count))
    var fresh = Count(kind: kind)
    // A report takes no more kinds, whatever it knows already.
    if wantsLabels, labelled < ViolationCounter.kindLimit, !told.contains(kind) {
      fresh.label = label()
      fresh.freshIndex = self.fresh.count
      self.fresh.append(Fresh(number: counts.count, place: place()))
      labelled += 1
    }
    counts.append(fresh)
  }

  private func isNew(_ violation: UInt64) -> Bool {
    if known.count < 16 {
      guard !known.contains(violation) else { return false }
      known.append(violation)
      return true
    }
    if manyKnown.isEmpty { manyKnown = Set(known) }
    // More are not counted anyway.
    guard manyKnown.count <= ViolationCounter.rowLimit else { return true }
    return manyKnown.insert(violation).inserted
  }

  private func placeHash(of assertion: Int) -> UInt64 {
    if placeHashes[assertion] == 0 {
      placeHashes[assertion] = schema.keywordPlace(of: assertion).hash
    }
    return placeHashes[assertion]
  }
}
