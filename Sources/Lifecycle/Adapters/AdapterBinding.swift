import Deployment
import MLOpsCore
import ModelRegistry
import ModelRuntime

/// Which model an adapter was made for: its ingredient `base`, and what its file says.
struct AdapterBinding {
  let registry: Registry

  /// The model that an adapter was made for.
  ///
  /// - Throws: `lifecycle.no_base_model`, `deployment.adapter_for_other_base` where its file
  ///   contradicts its ingredient.
  func base(of adapter: VersionRecord) throws -> VersionRecord {
    guard let digest = baseDigest(of: adapter), let base = try registry.version(digest: digest)
    else { throw LifecycleError.noBaseModel(adapter: adapter.label) }
    try check(adapter, on: base)
    return base
  }

  /// Makes sure that an adapter was not made for another model.
  ///
  /// - Throws: `deployment.adapter_for_other_base`.
  func check(_ adapter: VersionRecord, on base: VersionRecord) throws {
    if let digest = baseDigest(of: adapter), digest != base.digest {
      throw DeploymentError.adapterForOtherBase(
        adapter: adapter.label,
        expected: try registry.version(digest: digest)?.label ?? digest.description,
        found: base.label)
    }
    guard adapter.manifest.files.contains(where: { $0.mediaType == MediaType.gguf }) else { return }
    let file = try GGUFFile(ReleaseFiles.gguf(adapter, in: registry))
    try AdapterBinding.check(
      named: file[LoRAWeights.baseKey]?.string, by: adapter.label, on: base)
  }

  /// Makes sure that the file an adapter names, if it names one, is the base's.
  ///
  /// - Parameter named: the SHA-256 of a GGUF file, in hexadecimal digits.
  /// - Throws: `deployment.adapter_for_other_base`.
  static func check(named: String?, by adapter: String, on base: VersionRecord) throws {
    guard let named, named != (try ReleaseFiles.ggufContent(of: base)).digest.hex else { return }
    throw DeploymentError.adapterForOtherBase(
      adapter: adapter, expected: "whose file is sha256:\(named.prefix(64))", found: base.label)
  }

  private func baseDigest(of adapter: VersionRecord) -> Digest? {
    adapter.manifest.ingredients.first { $0.role == "base" }?.digest
  }
}
