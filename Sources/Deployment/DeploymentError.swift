public import MLOpsCore

/// What can keep a release from an environment.
public enum DeploymentError: Failure, Equatable {
  case notARelease(version: String, reason: String)
  case partMissing(role: String, digest: Digest)
  case wrongPart(role: String, version: String, found: ArtifactKind)
  case adapterForOtherBase(adapter: String, expected: String, found: String)
  case noEvidence(candidate: String, baseline: String, environment: String, suite: String)
  case failedEvidence(candidate: String, suite: String, evaluation: String, verdict: String)
  case forceWithoutReason
  case nothingToRollBack(environment: String, serving: Int, others: [String])
  case noSuchGeneration(environment: String, number: Int)
  case alreadyServed(release: String, environment: String, generation: Int)

  public var code: String {
    switch self {
    case .notARelease: "deployment.not_a_release"
    case .partMissing: "deployment.part_missing"
    case .wrongPart: "deployment.wrong_part"
    case .adapterForOtherBase: "deployment.adapter_for_other_base"
    case .noEvidence: "deployment.no_evidence"
    case .failedEvidence: "deployment.failed_evidence"
    case .forceWithoutReason: "deployment.force_without_reason"
    case .nothingToRollBack: "deployment.nothing_to_roll_back"
    case .noSuchGeneration: "deployment.no_such_generation"
    case .alreadyServed: "deployment.already_served"
    }
  }

  public var kind: FailureKind {
    switch self {
    case .notARelease, .wrongPart, .adapterForOtherBase: .invalidInput
    case .partMissing, .noSuchGeneration: .notFound
    case .noEvidence, .nothingToRollBack, .alreadyServed: .conflict
    case .failedEvidence: .regression
    case .forceWithoutReason: .usage
    }
  }

  public var message: String {
    switch self {
    case .notARelease(let version, let reason): "'\(version)' is no release: \(reason)."
    case .partMissing(let role, let digest):
      "The release's \(role) (\(digest)) is not in this registry."
    case .wrongPart(let role, let version, let found):
      "The \(role) of a release cannot be '\(version)': that is \(found.withArticle)."
    case .adapterForOtherBase(let adapter, let expected, let found):
      "The adapter '\(adapter)' was made for the model \(expected), not for \(found)."
    case .noEvidence(let candidate, let baseline, let environment, let suite):
      "'\(environment)' asks for a passed evaluation of \(candidate) against \(baseline) by the suite '\(suite)'; there is none."
    case .failedEvidence(let candidate, let suite, let evaluation, let verdict):
      "\(candidate) did not pass the suite '\(suite)': the evaluation \(evaluation) says \(verdict)."
    case .forceWithoutReason: "--force needs --reason: it is recorded for those who come after."
    case .nothingToRollBack(let environment, let serving, _):
      "Nothing served in '\(environment)' before what its generation \(serving) serves."
    case .noSuchGeneration(let environment, let number):
      "'\(environment)' has no generation \(number)."
    case .alreadyServed(let release, let environment, let generation):
      "'\(environment)' points at \(release) already, since generation \(generation)."
    }
  }

  public var advice: String? {
    switch self {
    case .noEvidence(let candidate, _, let environment, let suite):
      "Run: mlops evaluate --candidate \(candidate) --baseline @\(environment) --suite \(suite)"
    case .failedEvidence(_, _, let evaluation, _):
      "'mlops show \(evaluation)' has the details; --force --reason \"…\" overrules, and is recorded."
    case .noSuchGeneration(let environment, _): "'mlops history \(environment)' lists them."
    case .nothingToRollBack(_, _, let others):
      others.isEmpty
        ? "It never served another release: there is nothing to go back to."
        : "Name the generation with --to: \(others.prefix(5).joined(separator: ", "))."
    default: nil
    }
  }
}
