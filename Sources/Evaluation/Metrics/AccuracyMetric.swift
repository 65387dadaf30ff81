import JSON

/// `accuracy`: the answer equals the expected value.
///
/// JSON values are compared as JSON: the order of members does not count, nor does the spelling of
/// a number. Text is compared exactly, after white space around it is gone.
enum AccuracyMetric {
  static func isRight(_ answer: Answer, expected: JSONValue) -> Bool { answer.value == expected }
}
