public import JSON
public import MLOpsCore
public import ModelRegistry
public import ModelRuntime
import SystemPackage

/// Merges an adapter into its base and registers the model that comes of it.
public struct MergeModel: Sendable {
  /// What to merge into what.
  public struct Request: Sendable {
    public var base: String
    public var adapter: String
    /// The merged model's name.
    public var name: ArtifactName
    /// Of the tensors that change; nil keeps each one's own.
    public var type: TensorType?
    /// For the history.
    public var reason: String

    public init(
      base: String, adapter: String, name: ArtifactName, type: TensorType? = nil,
      reason: String = ""
    ) {
      self.base = base
      self.adapter = adapter
      self.name = name
      self.type = type
      self.reason = reason
    }
  }

  /// The merged model.
  public struct Outcome: Sendable {
    public let model: AddOutcome
    public let summary: ModelMerge.Summary
    public let run: RunID

    /// Keys: the model's document, and `is_new`, `run`, `merged`, `copied`, `retyped` (tensors).
    public var document: JSONValue {
      var object = model.record.document.object ?? [:]
      object["is_new"] = .bool(model.isNew)
      object["run"] = .string(run.description)
      object["merged"] = .integer(summary.merged)
      object["copied"] = .integer(summary.copied)
      object["retyped"] = .integer(summary.retyped)
      return .object(object)
    }
  }

  private let registry: Registry

  public init(registry: Registry) { self.registry = registry }

  /// Merges.
  ///
  /// - Throws: `RuntimeError`, `DeploymentError` where the adapter was made for another base,
  ///   `LifecycleError`, `RegistryError`, `CancellationError`.
  public func run(_ request: Request, progress: ProgressHandler? = nil) async throws -> Outcome {
    let resolver = ReferenceResolver(registry: registry)
    let base = try resolver.resolve(request.base, kinds: [.model])
    let adapter = try resolver.resolve(request.adapter, kinds: [.adapter])
    try AdapterBinding(registry: registry).check(adapter, on: base)
    let source = try ReleaseFiles.gguf(base, in: registry)
    let title = try GGUFFile(source).summary.name ?? base.name.description
    let work = ModelMerge(
      base: source, adapter: try ReleaseFiles.gguf(adapter, in: registry), type: request.type,
      // No version's number: equal inputs give equal bytes in any registry.
      name: "\(title), merged with adapter \(adapter.digest.short)")
    let made = MadeModel(
      registry: registry, kind: "merge", name: request.name,
      parameters: ["type": request.type.map { .string($0.label) } ?? .null],
      ingredients: [
        Ingredient(role: "base", digest: base.digest),
        Ingredient(role: "adapter", digest: adapter.digest),
      ], reason: request.reason)
    let (outcome, summary, run) = try await made.make { file in
      let summary = try await work.run(to: file, progress: progress)
      return (
        summary,
        [
          "merged": .integer(summary.merged), "copied": .integer(summary.copied),
          "retyped": .integer(summary.retyped),
        ]
      )
    }
    return Outcome(model: outcome, summary: summary, run: run)
  }
}
