public import MLOpsCore

/// An evaluation: two runs of a suite, their comparison and the verdict.
///
/// Made of equal inputs, two reports are equal, and so are their JSON texts byte for byte.
public struct EvaluationReport: Sendable, Hashable {
  public let suite: Suite
  /// The digest under which the suite is known: its version's, or its content's.
  public let suiteDigest: Digest
  public let baseline: SuiteRun
  public let candidate: SuiteRun
  public let bootstrap: PairedBootstrap
  public let comparison: Comparison
  public let decision: Decision
  /// What is to be known of the suite's judge; nil where it has none.
  public let judge: JudgeRecord?

  /// Compares two runs of a suite.
  ///
  /// - Parameters:
  ///   - suiteDigest: of the suite's version; nil takes the digest of the suite's content.
  ///   - baseline: what the serving release answered.
  ///   - candidate: what the release to be judged answered.
  ///   - bootstrap: how often and with which seed to resample.
  ///   - judge: what is to be known of the judge that both were shown to.
  ///   - warnings: what should be seen of the suite and its prompts; they become notes.
  /// - Throws: `EvaluationError` with code `evaluation.could_not_measure`.
  public init(
    suite: Suite, suiteDigest: Digest? = nil, baseline: SuiteRun, candidate: SuiteRun,
    bootstrap: PairedBootstrap = PairedBootstrap(), judge: JudgeRecord? = nil,
    warnings: [SuiteWarning] = []
  ) throws(EvaluationError) {
    self.suite = suite
    self.suiteDigest = suiteDigest ?? suite.digest
    self.baseline = baseline
    self.candidate = candidate
    self.bootstrap = bootstrap
    comparison = try Comparison(
      suite: suite, baseline: baseline, candidate: candidate, bootstrap: bootstrap)
    self.judge = judge
    decision = try VerdictRule(
      suite: suite, comparison: comparison, baseline: baseline, candidate: candidate,
      warnings: warnings
    ).decide().doubting(judge?.doubts(suite.gate) ?? []).noting(judge?.notes(suite) ?? [])
  }

  public var verdict: Verdict { decision.verdict }

  /// What promotion asks for.
  public var evidence: EvaluationEvidence {
    EvaluationEvidence(
      suiteName: suite.name, suite: suiteDigest, baseline: baseline.release,
      candidate: candidate.release, verdict: verdict, reasons: decision.reasons)
  }
}
