import JSON

/// How a case's question may be put.
struct Wordings: Sendable {
  /// The field that is the question.
  let input: String
  /// The field with a list of other wordings; nil where there are none.
  let rephrasings: String?

  /// The question, and its other wordings.
  func questions(_ one: SuiteCase) -> [JSONValue] {
    [one.record[input] ?? .null] + (rephrasings.flatMap { one.record[$0]?.array } ?? [])
  }

  /// The case in each of its wordings; first as it is.
  func cases(_ one: SuiteCase) -> [SuiteCase] {
    guard case .object(let fields) = one.record else { return [one] }
    return [one]
      + questions(one).dropFirst().map {
        one.with(record: .object(fields.merging([input: $0]) { $1 }))
      }
  }

  /// - Throws: `CaseMistake` where other wordings are no texts, or no others.
  func check(_ one: SuiteCase) throws(CaseMistake) {
    guard let rephrasings, let found = one.record[rephrasings], found != .null else { return }
    guard let others = found.array, others.allSatisfy({ !($0.string ?? "").isEmpty }) else {
      throw CaseMistake(reason: "'\(rephrasings)' must be a list of texts that are not empty")
    }
    var seen: Set<JSONValue> = []
    for question in questions(one) where !seen.insert(question).inserted {
      throw CaseMistake(
        reason: "a wording occurs twice, and would agree with itself: \(question.canonical)")
    }
  }
}
