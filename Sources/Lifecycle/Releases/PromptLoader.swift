import MLOpsCore
import ModelRegistry

/// Reads prompt versions.
struct PromptLoader: Sendable {
  let registry: Registry

  /// - Throws: `LifecycleError` with code `lifecycle.bad_prompt` or `lifecycle.bad_configuration`;
  ///   `RegistryError`.
  func load(_ version: VersionRecord) throws -> PromptTemplate {
    guard version.kind == .prompt else {
      throw LifecycleError.wrongKind(
        reference: version.label, found: version.kind, expected: [.prompt])
    }
    guard version.manifest.files.count == 1, let file = version.manifest.files.first else {
      throw LifecycleError.badPrompt(
        file: version.label, reason: "expected one YAML file, found \(version.manifest.files.count)"
      )
    }
    guard let text = String(validating: try registry.bytes(of: file), as: UTF8.self) else {
      throw LifecycleError.badPrompt(file: version.label, reason: "it is not UTF-8 text")
    }
    return try PromptFile.read(text, file: "\(version.label)/\(file.path)")
  }
}
