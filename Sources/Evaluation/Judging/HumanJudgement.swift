import JSON

/// What a person thinks of answers to a case.
enum HumanJudgement: Hashable {
  /// A score of the candidate's answer.
  case candidate(Int)
  /// A score of a text that stands beside it.
  case text(String, Int)
  /// Which side's answer is better.
  case preference(OrderConsistency.Preference)

  /// Whether it is about whatever the sides answer, and so true only of what the person read.
  var isOfSides: Bool { if case .text = self { false } else { true } }
}

extension SuiteJudge {
  /// What people said of a case: a score, a side or `tie`, or `{answer, score}` and lists of these.
  ///
  /// - Throws: `CaseMistake` for anything else.
  func humanJudgements(of one: SuiteCase) throws(CaseMistake) -> [HumanJudgement] {
    guard let human, let value = one.record[human], value != .null else { return [] }
    if let elements = value.array {
      var found: [HumanJudgement] = []
      for element in elements {
        guard element.object != nil else { throw mistake(human, element) }
        found.append(try rated(element, human))
      }
      return found
    }
    if value.object != nil { return [try rated(value, human)] }
    if let word = value.string {
      guard let side = OrderConsistency.Preference(rawValue: word) else {
        throw mistake(human, value)
      }
      return [.preference(side)]
    }
    return [.candidate(try score(value, human))]
  }

  private func rated(_ value: JSONValue, _ field: String) throws(CaseMistake) -> HumanJudgement {
    guard let object = value.object, object.count == 2, let text = object["answer"]?.string,
      let number = object["score"]
    else { throw mistake(field, value) }
    return .text(text, try score(number, field))
  }

  private func score(_ value: JSONValue, _ field: String) throws(CaseMistake) -> Int {
    guard let score = value.int, scale.contains(score) else { throw mistake(field, value) }
    return score
  }

  private func mistake(_ field: String, _ value: JSONValue) -> CaseMistake {
    let sides = OrderConsistency.Preference.allCases.map(\.rawValue).joined(separator: ", ")
    return CaseMistake(
      reason:
        "'\(field)' is a whole number from \(scale.lowerBound) to \(scale.upperBound), one of "
        + "\(sides), or {answer, score} or a list of these; found \(value.canonical)")
  }
}
