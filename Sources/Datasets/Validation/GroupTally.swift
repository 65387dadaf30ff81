import JSONSchema

/// Puts together what was counted in pieces of a file, which come in their order.
struct GroupTally: Sendable {
  private var groups: [ValidationGroup] = []
  private var numbers: [ViolationKind: Int] = [:]
  private var violations = 0
  private var others = 0
  private var cutRows = 0

  /// Whether no further kind is told apart.
  var isFull: Bool { groups.count >= ViolationCounter.kindLimit }

  /// Takes what a counter has counted since it was asked last.
  ///
  /// - Parameter before: How many lines of the file come before those that were counted.
  mutating func add(_ counter: ViolationCounter, linesBefore before: Int = 0) {
    add(Piece(counter), linesBefore: before)
    counter.wantsLabels = !isFull
  }

  mutating func add(_ piece: Piece, linesBefore before: Int) {
    violations += piece.violations
    cutRows += piece.cutRows
    for count in piece.counts {
      if let number = numbers[count.kind] {
        groups[number].violations += count.violations
        groups[number].rows += count.rows
      } else if !isFull, let label = count.label {
        numbers[count.kind] = groups.count
        groups.append(ValidationGroup(count, label, linesBefore: before))
      } else {
        others += count.violations
      }
    }
  }

  /// Writes the counts into a report.
  func fill(_ report: inout ValidationReport) {
    report.groups = ValidationGroup.sorted(groups)
    report.violationCount = violations
    report.otherViolations = others
    report.cutRows = cutRows
  }

  /// What was counted in one piece.
  struct Piece: Sendable {
    let violations: Int
    let cutRows: Int
    let counts: [ViolationCounter.Count]

    /// Takes it from a counter, which begins anew.
    init(_ counter: ViolationCounter) {
      violations = counter.violations
      cutRows = counter.cutRows
      counts = counter.take()
    }
  }
}
