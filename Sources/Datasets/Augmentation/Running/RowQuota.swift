import JSON

/// How many rows a step still has to make of each row it takes.
///
/// With a balance the rows that a label lacks are spread over its rows: what an earlier row failed
/// to give, later ones make up for, and what is missing at the end a further round over all rows.
struct RowQuota {
  private struct Label {
    /// Rows that are missing at the beginning of the round.
    var need: Int
    /// Rows that the step takes.
    let rows: Int
    var seen = 0
    var planned = 0
  }

  /// How many variants a row gives at most in one round.
  let perRow: Int
  /// Whether a row may be gone over again: not where a person said how many it gives.
  private let mayRepeat: Bool
  private var left: Int?
  private var labels: [String: Label]?
  private let pointer: JSONPointer?

  /// - Parameters:
  ///   - counts: How many rows there are of each label; empty without a balance.
  ///   - taken: How many rows of each label the step takes.
  init(_ step: any AugmentationStep, counts: [String: Int], taken: [String: Int]) {
    let balance = step.common.balance
    perRow = step.common.perRow ?? (balance == nil ? step.rowsEach : 32)
    mayRepeat = step.common.perRow == nil
    left = step.common.maxRows
    pointer = balance?.field.pointer
    guard let balance else { return }
    let target = balance.target(counts)
    labels = Dictionary(
      uniqueKeysWithValues: taken.map { label, rows in
        (label, Label(need: max(0, target - counts[label, default: 0]), rows: rows))
      })
  }

  /// Begins the next round over the rows; false where nothing is left to be made.
  mutating func beginRound() -> Bool {
    guard !isFull, mayRepeat, labels != nil else { return false }
    labels = labels?.mapValues { label in
      Label(need: label.need - label.planned, rows: label.rows)
    }
    return labels?.values.contains { $0.need > 0 } ?? false
  }

  /// Whether the step has made all that it may.
  var isFull: Bool { left == 0 }

  /// How many variants to make of the next row; nil for one that has no label to be balanced by.
  mutating func wanted(_ row: JSONValue) -> Int? {
    guard let pointer, labels != nil else { return perRow }
    guard let name = row.label(at: pointer), var label = labels?[name] else { return nil }
    label.seen += 1
    let due = (label.need * label.seen + label.rows - 1) / max(label.rows, 1)
    let count = min(max(0, due - label.planned), perRow)
    label.planned += count
    labels?[name] = label
    return count
  }

  /// Notes that a row gave fewer variants than it was to.
  mutating func note(short count: Int, of row: JSONValue) {
    guard let pointer, let name = row.label(at: pointer) else { return }
    labels?[name]?.planned -= count
  }

  /// Notes a row that was made.
  mutating func noteMade() { left = left.map { $0 - 1 } }
}
