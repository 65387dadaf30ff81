import JSON

/// `exact_match: field`: the answer is an object whose member equals the expected one.
struct ExactMatchMetric: RightOrWrong {
  let field: String
  var name: String { "exact_match:\(field)" }

  func isRight(_ sample: Sample, _ one: SuiteCase) -> Bool {
    guard let found = sample.answer.value?[field], let wanted = one.expected[field] else {
      return false
    }
    return found == wanted
  }
}
