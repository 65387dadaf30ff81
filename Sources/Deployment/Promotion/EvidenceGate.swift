import JSON
public import MLOpsCore
public import ModelRegistry

/// Decides whether a candidate has shown what an environment asks for.
///
/// The evidence is a stored evaluation of exactly this release, against exactly the release that
/// the environment points at now, by the newest version of each suite of the policy and by its own
/// gate: one that was judged by another gate proves nothing here.
public struct EvidenceGate: Sendable {
  private let registry: Registry
  private let suites: [Reference]

  public init(registry: Registry, suites: [Reference]) {
    self.registry = registry
    self.suites = suites
  }

  /// The digest of the evaluation that lets the candidate pass; nil where none is asked for
  /// (no suites, or nothing serves yet and there is no baseline to compare with).
  ///
  /// - Parameters:
  ///   - candidate: the release's digest; it need not be registered.
  ///   - label: what the release is called in messages.
  /// - Throws: `DeploymentError` with code `deployment.no_evidence` or `deployment.failed_evidence`.
  public func evidence(
    for candidate: Digest, label: String, environment: EnvironmentName,
    current: GenerationRecord?
  ) throws -> Digest? {
    guard let current else { return nil }
    var last: Digest?
    let evaluations = try evaluations(of: candidate)
    for reference in suites {
      let suite = try registry.resolve(reference)
      let matching = evaluations.filter {
        $0.plays("suite", suite.digest) && $0.plays("baseline", current.release)
          && $0.manifest.metadata["foreign_gate"] == nil
      }
      guard let newest = matching.max(by: { $0.version < $1.version }) else {
        throw DeploymentError.noEvidence(
          candidate: label, baseline: try self.label(of: current.release),
          environment: environment.description, suite: reference.description)
      }
      let verdict = newest.manifest.metadata["verdict"]?.string ?? "unreadable"
      guard verdict == "passed" else {
        throw DeploymentError.failedEvidence(
          candidate: label, suite: reference.description, evaluation: newest.label,
          verdict: verdict)
      }
      last = newest.digest
    }
    return last
  }

  private func evaluations(of candidate: Digest) throws -> [VersionRecord] {
    try registry.lineage(of: candidate, direction: .descendants).nodes.compactMap(\.version)
      .filter { $0.kind == .evaluation && $0.plays("candidate", candidate) }
  }

  private func label(of digest: Digest) throws -> String {
    try registry.version(digest: digest)?.label ?? digest.description
  }
}

extension VersionRecord {
  /// Whether the version was made from another in a role.
  func plays(_ role: String, _ digest: Digest) -> Bool {
    manifest.ingredients.contains(Ingredient(role: role, digest: digest))
  }
}
