import JSON

/// How many rows of each label there shall be, so that rare labels get more variants.
struct LabelBalance: Sendable {
  enum Goal: Sendable, Equatable {
    /// So many rows of every label.
    case rows(Int)
    /// Of every label so many as this share of the most frequent one's, above 0 and at most 1.
    case shareOfLargest(Double)
  }

  let field: FieldUse
  let goal: Goal

  /// Reads a pointer, which means as many rows as the largest label has, or a mapping with `field`
  /// and one of `at_least` and `share_of_largest`.
  init(_ setting: Setting) throws(DatasetsError) {
    guard setting.value.string == nil else {
      field = try setting.field()
      goal = .shareOfLargest(1)
      return
    }
    let members = try setting.members(keys: ["field", "at_least", "share_of_largest"])
    guard let pointer = members["field"] else {
      throw setting.failure(expected: "a JSON pointer, or a mapping with field")
    }
    field = try pointer.field()
    switch (members["at_least"], members["share_of_largest"]) {
    case (let least?, nil): goal = .rows(try least.whole(in: 1...1_000_000_000))
    case (nil, let share?): goal = .shareOfLargest(try share.number(in: 0.000_001...1))
    case (nil, nil): goal = .shareOfLargest(1)
    case (_?, _?):
      throw setting.failure(expected: "a mapping with at_least or share_of_largest, not both")
    }
  }

  var json: JSONValue {
    switch goal {
    case .rows(let count):
      ["field": .string(field.pointer.description), "at_least": .integer(count)]
    case .shareOfLargest(let share):
      ["field": .string(field.pointer.description), "share_of_largest": .double(share)]
    }
  }

  /// How many rows of each label there shall be.
  func target(_ counts: [String: Int]) -> Int {
    switch goal {
    case .rows(let count): count
    case .shareOfLargest(let share):
      Int((Double(counts.values.max() ?? 0) * share).rounded(.up))
    }
  }
}

/// How many rows a step still has to make of each row it takes.
///
/// With a balance the rows that a label lacks are spread over its rows: what an earlier row failed
/// to give, later ones make up for.
struct RowQuota {
  private struct Label {
    /// Rows that are missing.
    var need: Int
    /// Rows that the step takes.
    let rows: Int
    var seen = 0
    var planned = 0
  }

  private let perRow: Int
  private var left: Int?
  private var labels: [String: Label]?
  private let pointer: JSONPointer?

  /// - Parameters:
  ///   - counts: How many rows there are of each label; empty without a balance.
  ///   - taken: How many rows of each label the step takes.
  init(_ step: any AugmentationStep, counts: [String: Int], taken: [String: Int]) {
    let balance = step.common.balance
    perRow = step.common.perRow ?? (balance == nil ? step.rowsEach : 32)
    left = step.common.maxRows
    pointer = balance?.field.pointer
    guard let balance else { return }
    let target = balance.target(counts)
    labels = Dictionary(
      uniqueKeysWithValues: taken.map { label, rows in
        (label, Label(need: max(0, target - counts[label, default: 0]), rows: rows))
      })
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
