import Datasets
import Foundation
public import JSON
public import MLOpsCore
public import ModelRegistry
import SystemPackage
public import Training

/// Fine-tunes a model on a dataset and registers the adapter.
public struct Train: Sendable {
  /// What to train on what.
  public struct Request: Sendable {
    /// A model.
    public var base: String
    /// A dataset.
    public var data: String
    /// A prompt; needed where the rows are records rather than conversations.
    public var prompt: String?
    /// The field with the answer; found by itself among `corrected`, `label`, `answer` where nil.
    public var answer: String?
    /// The adapter's name.
    public var name: ArtifactName
    public var configuration: TrainingConfiguration
    /// Suites that the data must not overlap with.
    public var guardSuites: [String]
    /// The share of a suite's cases that may be found in the data all the same, 0 to 1.
    public var guardThreshold: Double
    /// For the history.
    public var reason: String

    public init(
      base: String, data: String, prompt: String? = nil, answer: String? = nil,
      name: ArtifactName, configuration: TrainingConfiguration = TrainingConfiguration(),
      guardSuites: [String] = [], guardThreshold: Double = 0, reason: String = ""
    ) {
      self.base = base
      self.data = data
      self.prompt = prompt
      self.answer = answer
      self.name = name
      self.configuration = configuration
      self.guardSuites = guardSuites
      self.guardThreshold = guardThreshold
      self.reason = reason
    }
  }

  /// The adapter and how the training went.
  public struct Outcome: Sendable {
    public let adapter: AddOutcome
    public let result: TrainingResult
    public let run: RunID

    /// Keys: the adapter's document, and `run`, `is_new`, `training`.
    public var document: JSONValue {
      var object = adapter.record.document.object ?? [:]
      object["is_new"] = .bool(adapter.isNew)
      object["run"] = .string(run.description)
      object["training"] = result.json
      return .object(object)
    }
  }

  private let registry: Registry

  public init(registry: Registry) { self.registry = registry }

  /// Trains.
  ///
  /// - Throws: `TrainingError`, `LifecycleError` (with code `lifecycle.contaminated_data` where the data
  ///   has cases of a guarded suite), `RegistryError`, `CancellationError`.
  public func run(
    _ request: Request, onStep: @escaping @Sendable (TrainingStep) -> Void
  ) async throws -> Outcome {
    let resolver = ReferenceResolver(registry: registry)
    let base = try resolver.resolve(request.base, kinds: [.model])
    let data = try resolver.resolve(request.data, kinds: [.dataset])
    try Quarantine.refuse(data, in: registry)
    let prompt = try request.prompt.map { try resolver.resolve($0, kinds: [.prompt]) }
    if let taken = try? registry.resolve(.newest(request.name)), taken.kind != .adapter {
      throw LifecycleError.wrongKind(
        reference: request.name.description, found: taken.kind, expected: [.adapter])
    }
    for suite in request.guardSuites {
      let report = try LookAtData(registry: registry).contamination(
        of: data.label, by: suite, field: nil, options: ContaminationOptions(hitLimit: 5))
      guard report.rate <= request.guardThreshold else {
        throw LifecycleError.contaminatedData(data.label, suite: suite, report: report.text)
      }
    }
    let examples = try TrainingRows(
      registry: registry,
      records: RecordConversation(
        prompt: try prompt.map { try PromptLoader(registry: registry).load($0) },
        answer: request.answer),
      method: request.configuration.method.name
    ).examples(of: data)

    var ingredients = [
      Ingredient(role: "base", digest: base.digest), Ingredient(role: "data", digest: data.digest),
    ]
    if let prompt { ingredients.append(Ingredient(role: "prompt", digest: prompt.digest)) }
    let inputs = ingredients
    let run = RecordedRun(
      registry: registry, kind: "train", parameters: request.configuration.json, inputs: inputs)
    return try await run.perform { id in
      let scratch = try ScratchFolder(in: registry)
      let file = scratch.path.appending("adapter.gguf")
      let result = try await LoRATrainer.train(
        base: try ReleaseFiles.gguf(base, in: registry), examples: examples,
        configuration: request.configuration, output: file, progress: onStep)
      let files = try AdapterFiles(
        gguf: file, base: base, dropout: Double(request.configuration.dropout), registry: registry)
      let outcome = try register(files, result, inputs, request)
      return RecordedRun.Ending(
        value: Outcome(adapter: outcome, result: result, run: id), metrics: result.json,
        outputs: [outcome.record.digest])
    }
  }

  /// The manifest holds what depends on the inputs alone, so that a repeated run gives the same
  /// digest; speed and time are metrics of the run.
  private func register(
    _ files: AdapterFiles, _ result: TrainingResult, _ ingredients: [Ingredient],
    _ request: Request
  ) throws -> AddOutcome {
    var metadata = files.metadata
    metadata["training"] = request.configuration.json
    metadata["rows"] = .integer(result.rows)
    return try registry.add(
      VersionDraft(
        name: request.name, kind: .adapter,
        files: files.sources, ingredients: ingredients, metadata: metadata, reason: request.reason,
        code: Provenance.here),
      progress: nil)
  }
}
