/// `refusal`: the share of answers that decline to answer (`RefusalDetector`).
///
/// Which way is better depends on what is asked: the gate must say.
struct RefusalMetric: RightOrWrong {
  let name = "refusal"
  private let detector = RefusalDetector()

  func isRight(_ sample: Sample, _ one: SuiteCase) -> Bool {
    sample.output.map(detector.refuses) ?? false
  }
}
