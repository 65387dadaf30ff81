import JSON

/// `exact_match: field`: the answer is an object whose member equals the expected one.
enum ExactMatchMetric {
  static func isRight(_ answer: Answer, expected: JSONValue, field: String) -> Bool {
    guard let found = answer.value?[field], let wanted = expected[field] else { return false }
    return found == wanted
  }
}
