public import JSON
public import MLOpsCore
public import ModelRegistry
public import ModelRuntime
import SystemPackage

/// Quantises a model and registers what comes of it.
public struct QuantizeModel: Sendable {
  /// The quantised model.
  public struct Outcome: Sendable {
    public let model: AddOutcome
    public let summary: ModelQuantisation.Summary
    public let run: RunID

    /// Keys: the model's document, and `is_new`, `run`, `bytes_before`, `bytes_after`, `types` (how many
    /// matrices have which).
    public var document: JSONValue {
      var object = model.record.document.object ?? [:]
      object["is_new"] = .bool(model.isNew)
      object["run"] = .string(run.description)
      return .object(object.merging(summary.json.object ?? [:]) { own, _ in own })
    }
  }

  private let registry: Registry

  public init(registry: Registry) { self.registry = registry }

  /// Quantises.
  ///
  /// - Parameter threads: nil for one per core.
  /// - Throws: `RuntimeError`, `LifecycleError`, `RegistryError`, `CancellationError`.
  public func run(
    _ reference: String, to mixture: ModelQuantisation.Mixture, name: ArtifactName,
    threads: Int? = nil, reason: String = "", progress: ProgressHandler? = nil
  ) async throws -> Outcome {
    let model = try ReferenceResolver(registry: registry).resolve(reference, kinds: [.model])
    let work = ModelQuantisation(
      source: try ReleaseFiles.gguf(model, in: registry), mixture: mixture, threads: threads)
    let made = MadeModel(
      registry: registry, kind: "quantize", name: name,
      parameters: ["type": .string(mixture.rawValue)],
      ingredients: [Ingredient(role: "source", digest: model.digest)], reason: reason)
    let (outcome, summary, run) = try await made.make { file in
      let summary = try await work.run(to: file, progress: progress)
      return (summary, summary.json)
    }
    return Outcome(model: outcome, summary: summary, run: run)
  }
}

extension ModelQuantisation.Summary {
  /// Keys: `bytes_before`, `bytes_after`, `types`.
  var json: JSONValue {
    [
      "bytes_before": .integer(before), "bytes_after": .integer(after),
      "types": .object(
        Dictionary(uniqueKeysWithValues: types.map { ($0.key.label, .integer($0.value)) })),
    ]
  }
}
