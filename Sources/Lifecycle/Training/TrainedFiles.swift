import JSON
import MLOpsCore
import ModelRegistry
import ModelRuntime
import SystemPackage
import Training

/// The files that a training leaves, as a version takes them.
struct TrainedFiles {
  let kind: ArtifactKind
  let sources: [SourceFile]
  /// What is recognised in the GGUF.
  let metadata: [String: JSONValue]

  /// - Parameter gguf: of an adapter, which is replaced by one that names its base, or of a model.
  init(
    _ gguf: FilePath, _ configuration: TrainingConfiguration, base: VersionRecord,
    registry: Registry
  ) throws {
    if configuration.scope.isFull {
      kind = .model
      sources = [
        SourceFile(
          path: try ContentPath("model.gguf"), content: .file(gguf), mediaType: MediaType.gguf)
      ]
      metadata = ["gguf": try GGUFFile(gguf).summary.json]
    } else {
      let files = try AdapterFiles(
        gguf: gguf, base: base, dropout: Double(configuration.dropout), registry: registry)
      kind = .adapter
      (sources, metadata) = (files.sources, files.metadata)
    }
  }
}

extension TrainingInputs {
  /// What a model is called in its own file, all of whose weights were trained; nil for an adapter.
  ///
  /// No version's number is in it: equal inputs give equal bytes in any registry.
  func title(_ scope: TrainingConfiguration.Scope, in registry: Registry) throws -> String? {
    guard scope.isFull else { return nil }
    let file = try GGUFFile(try ReleaseFiles.gguf(base, in: registry))
    let name = file.summary.name ?? file.summary.architecture
    return scope == .fresh
      ? "\(name), trained from random weights on data \(data.digest.short)"
      : "\(name), trained on data \(data.digest.short)"
  }
}
