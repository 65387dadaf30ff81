/// `accuracy_norm` and its kin: the choice that is likeliest for its length is a right one.
///
/// - SeeAlso: lm-evaluation-harness's `acc_norm` (characters) and `acc_bytes`.
struct ChoiceAccuracyMetric: RightOrWrong {
  let norm: Sample.ChoiceNorm
  var name: String {
    switch norm {
    case .sum: "accuracy"
    case .characters: "accuracy_norm"
    case .bytes: "accuracy_bytes"
    case .tokens: "accuracy_tokens"
    }
  }

  func isRight(_ sample: Sample, _ one: SuiteCase) -> Bool {
    sample.chosen(norm, of: one).map(one.rightChoices.contains) ?? false
  }
}
