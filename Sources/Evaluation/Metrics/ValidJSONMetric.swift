/// `valid_json`: the answer is JSON, right or wrong.
enum ValidJSONMetric {
  static func isRight(_ answer: Answer) -> Bool { answer.value != nil }
}
