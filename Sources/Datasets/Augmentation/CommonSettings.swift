import JSON

/// What every step can be told: which rows it takes, how many it makes, and which fields are set or
/// dropped in what it made.
struct CommonSettings: Sendable {
  /// All of these must hold.
  let conditions: [RowCondition]
  /// The share of rows that is taken, above 0 and at most 1.
  let share: Double
  /// How many rows each row gives, 1 to 1,000; with a balance at most so many. Nil for the step's
  /// own number.
  let perRow: Int?
  /// How many rows the step makes at most; nil for no limit.
  let maxRows: Int?
  /// How often a rejected row is drawn anew, 1 to 100; nil for the step's own number.
  let attempts: Int?
  let balance: LabelBalance?
  let assignments: FieldAssignments

  static let keys =
    ["where", "share", "per_row", "max_rows", "attempts", "balance_by"] + FieldAssignments.keys

  /// - Parameter place: Of the step.
  init(_ members: [String: Setting]) throws(DatasetsError) {
    conditions = try members["where"].map(RowCondition.list) ?? []
    share = try members["share"]?.number(in: 0.000_001...1) ?? 1
    perRow = try members["per_row"]?.whole(in: 1...1000)
    maxRows = try members["max_rows"]?.whole(in: 1...1_000_000_000)
    attempts = try members["attempts"]?.whole(in: 1...100)
    balance = try members["balance_by"].map(LabelBalance.init)
    assignments = try FieldAssignments(members)
  }

  var reads: [FieldUse] {
    conditions.map(\.field) + (balance.map { [$0.field] } ?? []) + assignments.reads
  }

  /// Whether the step takes a row; depends on the seed, the step and the row alone.
  func takes(_ row: SourceRow, _ seed: UInt64, _ label: String) -> Bool {
    guard conditions.allSatisfy({ $0.holds(for: row.value) }) else { return false }
    return share >= 1 || StepContext.fingerprint(seed, label, row, -1).share < share
  }

  /// Only what was said.
  var json: [String: JSONValue] {
    var object = assignments.json
    if !conditions.isEmpty {
      object["where"] = .object(
        Dictionary(conditions.map { ($0.field.pointer.description, .array($0.values)) }) { $1 })
    }
    if share < 1 { object["share"] = .double(share) }
    if let perRow { object["per_row"] = .integer(perRow) }
    if let maxRows { object["max_rows"] = .integer(maxRows) }
    if let attempts { object["attempts"] = .integer(attempts) }
    if let balance { object["balance_by"] = balance.json }
    return object
  }
}

/// A field and the values that it may have.
struct RowCondition: Sendable {
  let field: FieldUse
  let values: [JSONValue]

  func holds(for row: JSONValue) -> Bool {
    row[field.pointer].map { values.contains($0) } ?? false
  }

  /// Reads a mapping of pointers to a value, or to a list of values of which one must be there.
  static func list(_ setting: Setting) throws(DatasetsError) -> [RowCondition] {
    var conditions: [RowCondition] = []
    for (pointer, value) in try setting.pointerMembers() {
      let values = value.value.array ?? [value.value]
      guard !values.isEmpty else { throw value.failure(expected: "at least one value") }
      conditions.append(
        RowCondition(field: FieldUse(place: value.place, pointer: pointer), values: values))
    }
    return conditions
  }
}

extension Setting {
  /// The members of a mapping whose keys are pointers, by their texts.
  func pointerMembers() throws(DatasetsError) -> [(JSONPointer, Setting)] {
    guard let object = value.object else { throw failure(expected: "a mapping") }
    var pairs: [(JSONPointer, Setting)] = []
    for (key, value) in object.sorted(by: { $0.key < $1.key }) {
      let pointer = try Setting(value: .string(key), place: place).pointer()
      pairs.append((pointer, Setting(value: value, place: "\(place).\(key)")))
    }
    return pairs
  }

  /// A field of rows, and where it is named.
  func field() throws(DatasetsError) -> FieldUse {
    FieldUse(place: place, pointer: try pointer())
  }

  /// At least one field of rows.
  func fields() throws(DatasetsError) -> [FieldUse] {
    var fields: [FieldUse] = []
    for element in try elements() { fields.append(try element.field()) }
    guard !fields.isEmpty else { throw failure(expected: "at least one JSON pointer") }
    return fields
  }
}
