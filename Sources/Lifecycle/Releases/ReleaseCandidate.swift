import Deployment
public import MLOpsCore
public import ModelRegistry

/// A release that a reference means, registered or not yet.
///
/// Asking a model, or being refused by the gate, must not leave a release behind, so what a model
/// or an adapter implies is registered only by the command that needs it to stay.
public struct ReleaseCandidate: Sendable {
  /// The version; nil where these parts were never released together.
  public let version: VersionRecord?
  /// The version, or what the person wrote.
  public let label: String
  /// The digest that the release has or would have.
  public let digest: Digest
  let specification: ReleaseSpecification
  /// What it is registered as.
  let name: ArtifactName
  let reason: String

  /// A registered release.
  ///
  /// - Throws: `DeploymentError` with code `deployment.not_a_release`.
  init(_ version: VersionRecord) throws {
    self.version = version
    label = version.label
    digest = version.digest
    specification = try ReleaseSpecification(version)
    name = version.name
    reason = version.reason
  }

  /// What a reference implies.
  init(_ specification: ReleaseSpecification, impliedBy reference: String, as name: ArtifactName) {
    version = nil
    label = reference
    digest = specification.manifest.digest
    self.specification = specification
    self.name = name
    reason = "implied by \(reference)"
  }
}
