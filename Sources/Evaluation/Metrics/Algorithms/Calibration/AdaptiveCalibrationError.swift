/// The calibration error over bins of equally many cases, 0 … 1.
///
/// Nguyen and O'Connor, EMNLP 2015; of a binary outcome also the ACE of Nixon et al., 2019. Cases
/// are sorted by confidence and cut into bins whose sizes differ by at most one, the larger first.
/// Cases of one confidence share their mean rightness, so that the order of cases does not matter.
///
/// Where the cuts lie depends on all cases at once: this is no sum over cases, and gets no
/// interval.
public enum AdaptiveCalibrationError {
  /// The error; NaN without cases.
  ///
  /// - Parameters:
  ///   - confidences: 0 … 1; those that are no finite numbers are left out, others outside count as
  ///     the nearer end.
  ///   - rights: of each case whether it is right.
  ///   - bins: at least 1; more than cases are as many as cases.
  public static func value(confidences: [Double], rights: [Bool], bins: Int = 15) -> Double {
    let cases = zip(confidences, rights).filter { $0.0.isFinite }
      .map { (confidence: min(max($0.0, 0), 1), right: $0.1 ? 1.0 : 0.0) }
      .sorted { $0.confidence < $1.confidence }
    guard !cases.isEmpty else { return .nan }
    let rights = sharedRights(of: cases)
    let bins = min(max(1, bins), cases.count)
    let (size, larger) = cases.count.quotientAndRemainder(dividingBy: bins)
    var (gaps, start) = (0.0, 0)
    for bin in 0..<bins {
      let end = start + size + (bin < larger ? 1 : 0)
      gaps += abs((start..<end).reduce(0) { $0 + rights[$1] - cases[$1].confidence })
      start = end
    }
    return gaps / Double(cases.count)
  }

  private static func sharedRights(of cases: [(confidence: Double, right: Double)]) -> [Double] {
    var rights: [Double] = []
    var start = 0
    while start < cases.count {
      let end =
        cases[start...].firstIndex { $0.confidence > cases[start].confidence } ?? cases.count
      let mean = cases[start..<end].reduce(0) { $0 + $1.right } / Double(end - start)
      rights += [Double](repeating: mean, count: end - start)
      start = end
    }
    return rights
  }
}
