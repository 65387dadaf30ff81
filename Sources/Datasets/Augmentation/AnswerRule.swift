import JSON

/// What to do with rows whose answer may depend on what a step changes.
struct AnswerRule: Sendable {
  enum Policy: String, Sendable, CaseIterable {
    /// The answer stays as it is.
    case keep
    /// The answer is taken out of the row that is made.
    case drop
    /// No row is made of one whose answer may depend on the change.
    case skip
  }

  let policy: Policy
  /// Where answers are; those that a row has not are passed over.
  let fields: [FieldUse]
  private let isExplicit: Bool

  static let keys = ["answer", "answer_field"]

  /// Where answers are looked for when nobody says.
  static let usual = ["answer", "completion", "corrected", "label", "output", "solution"]

  /// - Parameter written: What the step changes, which is no answer where nobody says so.
  init(_ members: [String: Setting], written: [JSONPointer]) throws(DatasetsError) {
    policy = try members["answer"]?.word(of: Policy.self) ?? .skip
    isExplicit = members["answer_field"] != nil
    if let setting = members["answer_field"] {
      fields = setting.value.string == nil ? try setting.fields() : [try setting.field()]
    } else {
      fields = AnswerRule.usual.map { JSONPointer([$0]) }.filter { !written.contains($0) }
        .map { FieldUse(place: "", pointer: $0) }
    }
    if policy == .drop, let answer = members["answer"], !isExplicit {
      throw answer.failure(expected: "keep or skip where there is no answer_field")
    }
  }

  var reads: [FieldUse] { isExplicit ? fields : [] }

  var json: [String: JSONValue] {
    [
      "answer": .string(policy.rawValue),
      "answer_field": .array(fields.map { .string($0.pointer.description) }),
    ]
  }

  /// Whether no row may be made of this one, since its answer has a number.
  ///
  /// An answer with any number may be computed from those in the question; codes, dates and the like
  /// are no such numbers.
  ///
  /// - Parameter changed: Where only these count, since the others stay.
  func forbids(_ row: JSONValue, changing changed: Set<NumberKey>? = nil) -> Bool {
    guard policy == .skip else { return false }
    return fields.contains { field in
      guard let value = row[field.pointer] else { return false }
      let numbers = AnswerRule.numbers(in: value)
      return changed.map { !numbers.isDisjoint(with: $0) } ?? !numbers.isEmpty
    }
  }

  /// Takes the answer out where that is the rule.
  func apply(to row: inout JSONValue) {
    guard policy == .drop else { return }
    for field in fields { _ = row.remove(at: field.pointer.tokens[...]) }
  }

  private static func numbers(in value: JSONValue) -> Set<NumberKey> {
    switch value {
    case .number(let number):
      let keys = Set(NumberScanner.numbers(in: Array(number.canonical.unicodeScalars)).map(\.key))
      // Zero, or in scientific notation: some number all the same.
      return keys.isEmpty ? [NumberKey(scaled: 0, decimals: 0)] : keys
    case .string(let text):
      let scalars = Array(text.unicodeScalars)
      // A fraction is computed from numbers too, though its own are never changed.
      return Fractions.numbers(in: scalars).union(NumberScanner.numbers(in: scalars).map(\.key))
    case .array(let elements):
      return elements.reduce(into: []) { $0.formUnion(numbers(in: $1)) }
    case .object(let members):
      return members.values.reduce(into: []) { $0.formUnion(numbers(in: $1)) }
    case .null, .bool: return []
    }
  }
}
