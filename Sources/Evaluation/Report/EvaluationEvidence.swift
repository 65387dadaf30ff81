public import JSON
public import MLOpsCore

/// What a stored evaluation proves: exactly which releases, by which suite, with which verdict.
public struct EvaluationEvidence: Sendable, Hashable {
  public let suiteName: String
  public let suite: Digest
  public let baseline: Digest
  public let candidate: Digest
  public let verdict: Verdict
  public let reasons: [String]

  /// Reads it from a report's JSON.
  ///
  /// - Throws: `EvaluationError` with code `evaluation.invalid_report`.
  public init(json: JSONValue) throws(EvaluationError) {
    guard json["format"]?.string == EvaluationReport.format else {
      throw .invalidReport(
        reason:
          "its format is \(json["format"]?.canonical ?? "absent"), expected \(EvaluationReport.format)"
      )
    }
    guard let name = json["suite"]?["name"]?.string else {
      throw .invalidReport(reason: "it has no suite.name")
    }
    guard let verdict = json["verdict"]?.string.flatMap(Verdict.init(rawValue:)) else {
      throw .invalidReport(
        reason: "its verdict is \(json["verdict"]?.canonical ?? "absent"), expected one of "
          + Verdict.allCases.map(\.rawValue).joined(separator: ", "))
    }
    suiteName = name
    suite = try EvaluationEvidence.digest(json["suite"]?["digest"], "suite.digest")
    baseline = try EvaluationEvidence.digest(json["baseline"]?["digest"], "baseline.digest")
    candidate = try EvaluationEvidence.digest(json["candidate"]?["digest"], "candidate.digest")
    self.verdict = verdict
    reasons = json["reasons"]?.array?.compactMap(\.string) ?? []
  }

  init(
    suiteName: String, suite: Digest, baseline: Digest, candidate: Digest, verdict: Verdict,
    reasons: [String]
  ) {
    self.suiteName = suiteName
    self.suite = suite
    self.baseline = baseline
    self.candidate = candidate
    self.verdict = verdict
    self.reasons = reasons
  }

  private static func digest(_ json: JSONValue?, _ key: String) throws(EvaluationError) -> Digest {
    guard let text = json?.string, let digest = try? Digest(text) else {
      throw .invalidReport(reason: "its \(key) is \(json?.canonical ?? "absent"), no digest")
    }
    return digest
  }
}
