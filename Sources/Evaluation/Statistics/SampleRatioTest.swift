import Foundation

/// Did both arms get the subjects that they should have?
///
/// Where they did not, something loses subjects of one arm (a crash, a missing answer, outcomes that
/// are given more readily to one), and no comparison of the rest can be trusted. It may be looked at
/// at any time.
/// - SeeAlso: Lindon and Malek, NeurIPS 35 (2022), for the test; Fabijan et al., KDD 2019, for what
///   causes it.
public enum SampleRatioTest {
  /// P that numbers of subjects ever get as uneven as these, were the share the true one; nil for a
  /// share outside 0 < share < 1 or negative numbers.
  ///
  /// - Parameters:
  ///   - candidate: subjects with outcomes.
  ///   - baseline: subjects with outcomes.
  ///   - candidateShare: the probability of the candidate's arm, the same for all subjects.
  public static func pValue(
    candidate: Int, baseline: Int, candidateShare: Double
  ) -> Double? {
    guard candidateShare > 0, candidateShare < 1, candidate >= 0, baseline >= 0 else { return nil }
    let (first, second) = (Double(candidate), Double(baseline))
    // Under the alternative the share is a beta number around the one that it should be.
    let a = strength * candidateShare
    let b = strength * (1 - candidateShare)
    let evidence =
      GammaFunction.logBeta(a + first, b + second) - GammaFunction.logBeta(a, b)
      - first * log(candidateShare) - second * log1p(-candidateShare)
    return min(1, exp(-evidence))
  }

  /// A share that is off by some 3 points of 100 is what is looked for.
  private static let strength = 200.0
}
