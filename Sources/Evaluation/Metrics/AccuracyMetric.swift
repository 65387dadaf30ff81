/// `accuracy`: the answer equals the expected value.
///
/// JSON values are compared as JSON: the order of members does not count, nor does the spelling of
/// a number. Text is compared exactly, after white space around it is gone and the task's filters
/// were applied to both. Of choices it is the likeliest one (`Choices`).
struct AccuracyMetric: RightOrWrong {
  let name = "accuracy"

  func isRight(_ sample: Sample, _ one: SuiteCase) -> Bool {
    guard one.choices.isEmpty else {
      return sample.chosen(.sum, of: one).map(one.rightChoices.contains) ?? false
    }
    guard let value = sample.answer.value else { return false }
    return value == one.expected || one.alternatives.contains(value)
  }
}
