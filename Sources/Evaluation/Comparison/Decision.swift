/// A verdict and what it rests on.
public struct Decision: Sendable, Hashable {
  public let verdict: Verdict
  /// Sentences, the weightiest first; never empty.
  public let reasons: [String]
  /// Sentences about what did not decide but should be seen.
  public let notes: [String]
  /// About how many more cases would decide; nil where that is not the question or nobody can say.
  public let moreCases: Int?

  /// Inconclusive in place of passed, for reasons that say why what was measured proves nothing.
  func doubting(_ doubts: [String]) -> Decision {
    guard verdict == .passed, !doubts.isEmpty else { return self }
    return Decision(
      verdict: .inconclusive, reasons: doubts, notes: reasons + notes, moreCases: nil)
  }

  /// The same with notes after its own.
  func noting(_ more: [String]) -> Decision {
    Decision(verdict: verdict, reasons: reasons, notes: notes + more, moreCases: moreCases)
  }
}
