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
