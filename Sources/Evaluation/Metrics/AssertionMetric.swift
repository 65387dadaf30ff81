/// `contains: text`, `regex: pattern`, `json_equals` …: something that must be true of the output.
struct AssertionMetric: RightOrWrong {
  enum Assertion: Sendable {
    case text(TextAssertion)
    /// The output is JSON that equals the case's expected value.
    case expectedJSON(arrays: JSONAssertion.Arrays, allowsMore: Bool)
  }

  let name: String
  let assertion: Assertion

  func isRight(_ sample: Sample, _ one: SuiteCase) -> Bool {
    guard let output = sample.output else { return false }
    return switch assertion {
    case .text(let assertion): assertion.failure(of: output) == nil
    case .expectedJSON(let arrays, let more):
      JSONAssertion(one.expected, arrays: arrays, allowsMore: more).failures(of: output).isEmpty
    }
  }
}
