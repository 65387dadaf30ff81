import JSON
import MLOpsCore
import ModelRegistry
import ModelRuntime
import SystemPackage

/// A model that is made of registered versions: worked out as a run, in a file that the store then takes.
struct MadeModel: Sendable {
  let registry: Registry
  /// Of the run.
  let kind: String
  let name: ArtifactName
  let parameters: JSONValue
  let ingredients: [Ingredient]
  let reason: String

  /// Has the file written and registers it.
  ///
  /// - Parameter work: writes the GGUF; gives a summary, and the same as the run's metrics.
  func make<Summary: Sendable>(
    _ work: @Sendable (FilePath) async throws -> (Summary, JSONValue)
  ) async throws -> (AddOutcome, Summary, RunID) {
    if let taken = try? registry.resolve(.newest(name)), taken.kind != .model {
      throw LifecycleError.wrongKind(
        reference: name.description, found: taken.kind, expected: [.model])
    }
    let run = RecordedRun(
      registry: registry, kind: kind, parameters: parameters, inputs: ingredients)
    return try await run.perform { id in
      let scratch = try ScratchFolder(in: registry)
      let file = scratch.path.appending("model.gguf")
      let (summary, metrics) = try await work(file)
      try Task.checkCancellation()
      let outcome = try registry.add(
        VersionDraft(
          name: name, kind: .model,
          files: [
            SourceFile(
              path: try ContentPath("model.gguf"), content: .file(file),
              mediaType: MediaType.gguf)
          ],
          ingredients: ingredients,
          metadata: ["gguf": try GGUFFile(file).summary.json, kind: parameters],
          // The file is nobody else's: a second name spares a copy of gigabytes.
          link: true, reason: reason, code: Provenance.here))
      return RecordedRun.Ending(
        value: (outcome, summary, id), metrics: metrics, outputs: [outcome.record.digest])
    }
  }
}
