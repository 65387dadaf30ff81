import Deployment
import Foundation
import MLOpsCore
import ModelRegistry
import ModelRuntime
import SystemPackage

/// The files and settings that a release's engine needs.
struct ReleaseFiles: Sendable {
  /// What the release is called in messages.
  let label: String
  let specification: ReleaseSpecification
  let model: FilePath
  let adapter: FilePath?
  let prompt: PromptTemplate?
  /// Of the model's and the adapter's file.
  let bytes: Int64

  /// Finds the parts of a release in the registry.
  ///
  /// - Throws: `DeploymentError`, `LifecycleError`, `RegistryError`.
  init(_ release: VersionRecord, in registry: Registry) throws {
    try self.init(try ReleaseCandidate(release), in: registry)
  }

  /// Finds the parts of a release that need not be registered.
  ///
  /// - Throws: `DeploymentError`, `LifecycleError`, `RegistryError`.
  init(_ candidate: ReleaseCandidate, in registry: Registry) throws {
    label = candidate.label
    let specification = candidate.specification
    self.specification = specification
    func part(_ role: String) throws -> VersionRecord? {
      guard let digest = specification[role] else { return nil }
      guard let version = try registry.version(digest: digest) else {
        throw DeploymentError.partMissing(role: role, digest: digest)
      }
      return version
    }
    guard let modelVersion = try part("model") else {
      throw DeploymentError.partMissing(role: "model", digest: specification.model)
    }
    model = try ReleaseFiles.gguf(modelVersion, in: registry)
    let adapterVersion = try part("adapter")
    adapter = try adapterVersion.map { try ReleaseFiles.gguf($0, in: registry) }
    bytes = try [modelVersion, adapterVersion].compactMap { $0 }.reduce(0) {
      $0 + Int64(try ReleaseFiles.ggufContent(of: $1).size)
    }
    prompt = try part("prompt").map { try PromptLoader(registry: registry).load($0) }
  }

  /// The GGUF of a model or adapter version.
  static func gguf(_ version: VersionRecord, in registry: Registry) throws -> FilePath {
    try registry.file(try ggufContent(of: version))
  }

  /// The manifest's entry of that GGUF.
  static func ggufContent(of version: VersionRecord) throws -> ContentFile {
    guard let file = version.manifest.files.first(where: { $0.mediaType == MediaType.gguf }) else {
      throw LifecycleError.noGGUF(version.label)
    }
    return file
  }

  /// Hashes the model and the adapter: damaged bytes must not be served.
  ///
  /// - Throws: `LifecycleError` with code `lifecycle.damaged_part`.
  func verify() throws {
    for (role, path) in [("model", model), ("adapter", adapter)] {
      guard let path else { continue }
      // A blob's path ends in its digest: <2 hex>/<62 hex>.
      let expected = path.components.suffix(2).map(\.string).joined()
      guard try ReleaseFiles.digest(of: path).hex == expected else {
        throw LifecycleError.damagedPart(release: label, role: role)
      }
    }
  }

  static func digest(of path: FilePath) throws -> Digest {
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path.string))
    defer { try? file.close() }
    var hasher = Digest.Hasher()
    while let piece = try file.read(upToCount: 4 << 20), !piece.isEmpty {
      piece.withUnsafeBytes { hasher.update($0) }
    }
    return hasher.finish()
  }

  /// Loads the engine after checking its bytes.
  ///
  /// - Throws: `RuntimeError`.
  func load(_ configuration: RuntimeConfiguration) async throws -> LocalModel {
    try verify()
    return try await loadUnchecked(configuration)
  }

  private func loadUnchecked(_ configuration: RuntimeConfiguration) async throws -> LocalModel {
    try await LocalModel.load(
      modelPath: model, adapterPath: adapter, configuration: configuration)
  }
}
