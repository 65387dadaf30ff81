/// `judge`: the score that the suite's judge gives an answer, on the judge's scale; the expected
/// value over the scores' probabilities (`JudgePrompt`).
struct JudgeScoreMetric: NumberOfAnswer {
  static let name = "judge"
  var name: String { Self.name }
  var unit: MetricUnit { .number }

  func number(_ sample: Sample, _ one: SuiteCase) -> Double? { sample.judgement?.score }
}

/// `judge_win`: whether the suite's judge prefers an answer to the other side's in both orders: 1 won,
/// 0 lost, 0.5 where the orders disagree, neither is better, or both are the same text.
///
/// The baseline's number is one minus the candidate's, so the difference of both is the share of
/// cases won minus that of cases lost.
struct JudgeWinMetric: NumberOfAnswer {
  static let name = "judge_win"
  var name: String { Self.name }

  func number(_ sample: Sample, _ one: SuiteCase) -> Double? { sample.judgement?.win }
}
