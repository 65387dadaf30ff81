/// `valid_json`: the answer is JSON, right or wrong.
struct ValidJSONMetric: RightOrWrong {
  let name = "valid_json"

  func isRight(_ sample: Sample, _ one: SuiteCase) -> Bool { sample.answer.value != nil }
}
