import Datasets
import Foundation
public import JSON
import MLOpsCore
public import ModelRegistry
import SystemPackage
public import Training

/// Trains a model on a dataset and registers what comes of it: an adapter, or a model of its own.
public struct Train: Sendable {
  /// What was made and how the training went.
  public struct Outcome: Sendable {
    /// An adapter, or a model where all parameters were trained.
    public let version: AddOutcome
    public let result: TrainingResult
    public let run: RunID
    /// The loss curve, an SVG.
    public let curve: String

    /// Keys: the version's document, and `run`, `is_new`, `curve`, `training`.
    public var document: JSONValue {
      var object = version.record.document.object ?? [:]
      object["is_new"] = .bool(version.isNew)
      object["run"] = .string(run.description)
      object["curve"] = .string(curve)
      object["training"] = result.json
      return .object(object)
    }
  }

  private let registry: Registry

  public init(registry: Registry) { self.registry = registry }

  /// Trains.
  ///
  /// While it goes, checkpoints lie in the run's folder; they are removed when it ends well.
  ///
  /// - Parameters:
  ///   - options: those of the resumed run are taken where these say nothing.
  ///   - resumption: what to go on from; nil to begin.
  /// - Throws: `TrainingError`, `LifecycleError` (with code `lifecycle.contaminated_data` where the data
  ///   has cases of a guarded suite, `lifecycle.result_not_kept` where it was trained and could not be
  ///   registered), `RegistryError`, `CancellationError`.
  public func run(
    _ options: TrainingOptions, resuming resumption: Resumption? = nil,
    onEvent: @escaping @Sendable (TrainingEvent) -> Void
  ) async throws -> Outcome {
    let given = resumption.map { options.over($0.options) } ?? options
    do {
      return try await train(given, resuming: resumption, onEvent: onEvent)
    } catch TrainingError.otherRun(let differences) {
      throw TrainingError.otherRun(Resumption.inWords(differences, in: registry))
    } catch {
      throw given.placed(error)
    }
  }

  private func train(
    _ given: TrainingOptions, resuming resumption: Resumption?,
    onEvent: @escaping @Sendable (TrainingEvent) -> Void
  ) async throws -> Outcome {
    // What is wrong with the words is said before anything is registered.
    try given.refuseMissing()
    let configuration = try given.configuration()
    try configuration.validate()
    let kind: ArtifactKind = configuration.scope.isFull ? .model : .adapter
    let name = try ResultName(given, kind: kind, in: registry).name
    if let notice = resumption?.notice { onEvent(.noticed(notice)) }
    let inputs = try TrainingInputs(given, in: registry) { sentence in
      let prefix = "\(TrainingNotice.Level.note.rawValue): "
      onEvent(
        .noticed(
          TrainingNotice(
            .note, code: "lifecycle.added_on_the_fly",
            message: String(sentence.trimmingPrefix(prefix)) + ".")))
    }
    try inputs.refuseValidationOnData()
    try inputs.refuseContamination(given, in: registry)
    var parameters = configuration.json.object ?? [:]
    parameters["options"] = inputs.pinned(given).json
    parameters.merge(RecordedRun.Naming.members(name, of: inputs.versions)) { $1 }
    if let resumption {
      parameters["resumed_from"] = .string(
        resumption.run?.description ?? resumption.checkpoint.path.string)
      parameters["resumed_at"] = .integer(resumption.checkpoint.step)
    }
    let run = RecordedRun(
      registry: registry, kind: "train", parameters: .object(parameters),
      inputs: inputs.ingredients)
    let examples = try inputs.examples(in: registry)
    let heldOut = try inputs.heldOut(in: registry)
    let outcome = try await run.perform { id in
      let scratch = try ScratchFolder(in: registry)
      let file = scratch.path.appending("\(kind.rawValue).gguf")
      var session = TrainingSession()
      session.checkpoints = registry.checkpointFolder(of: id)
      session.name = id.description
      session.resume = resumption?.checkpoint.path
      session.identity = inputs.identity
      session.request = inputs.pinned(given).json
      session.title = try inputs.title(configuration.scope, in: registry)
      let result: TrainingResult
      do {
        result = try await Trainer.train(
          base: try ReleaseFiles.gguf(inputs.base, in: registry), examples: examples,
          validation: heldOut, configuration: configuration, output: file, session: session,
          progress: onEvent)
      } catch let error as TrainingError where error.isAfterLastStep {
        throw notKept(id, error)
      }
      let curve: FilePath
      let outcome: AddOutcome
      do {
        curve = try draw(result, of: id)
        let made = try TrainedFiles(file, configuration, base: inputs.base, registry: registry)
        outcome = try register(made, result, inputs, name, reason: given.text(.reason) ?? "")
      } catch {
        throw notKept(id, error)
      }
      var metrics = result.json.object ?? [:]
      metrics["curve"] = .string("runs/\(id)/\(Self.curveFile)")
      return RecordedRun.Ending(
        value: Outcome(version: outcome, result: result, run: id, curve: curve.string),
        metrics: .object(metrics), outputs: [outcome.record.digest])
    }
    // What was made is registered; what stays of the way there is garbage.
    try? removeCheckpoints(of: outcome.run)
    return outcome
  }

  private func notKept(_ id: RunID, _ error: any Error) -> LifecycleError {
    .resultNotKept(
      run: id.description,
      step: TrainingCheckpoint.newestStep(in: registry.checkpointFolder(of: id)),
      cause: LifecycleError.Cause(error))
  }

  /// The drawing in a run's folder.
  private static let curveFile = "loss.svg"

  private func draw(_ result: TrainingResult, of id: RunID) throws -> FilePath {
    let path = try registry.runFolder(id).appending(Self.curveFile)
    let drawing = LinePlot.svg(title: "Loss of \(id)", LossCurve.series(result.history))
    try Data(drawing.utf8).write(to: URL(filePath: path.string), options: .atomic)
    return path
  }

  /// Those of the run, and of the runs that it went on from.
  private func removeCheckpoints(of id: RunID) throws {
    var next: RunID? = id
    var seen: Set<RunID> = []
    while let run = next, seen.insert(run).inserted {
      try registry.removeCheckpoints(of: run)
      next = try? registry.run(run).parameters["resumed_from"]?.string.flatMap { RunID($0) }
    }
  }

  /// The manifest holds what depends on the inputs alone, so that a repeated run gives the same
  /// digest; speed and time are metrics of the run.
  private func register(
    _ made: TrainedFiles, _ result: TrainingResult, _ inputs: TrainingInputs, _ name: ArtifactName,
    reason: String
  ) throws -> AddOutcome {
    var metadata = made.metadata
    metadata["training"] = result.plan.configuration.deciding
    metadata["rows"] = .integer(result.rows)
    if let answer = inputs.answer { metadata["answer"] = .string(answer) }
    let card = ModelCard(
      base: inputs.base, data: inputs.data, validation: inputs.validation, prompt: inputs.prompt,
      result: result)
    return try registry.add(
      VersionDraft(
        name: name, kind: made.kind,
        files: made.sources + [
          SourceFile(
            path: try ContentPath("model-card.md"), content: .bytes(Array(card.markdown.utf8)),
            mediaType: MediaType.markdown)
        ],
        ingredients: inputs.ingredients, metadata: metadata,
        // A model's file is nobody else's: a second name spares a copy of gigabytes.
        link: made.kind == .model, reason: reason, code: Provenance.here),
      progress: nil)
  }
}
