public import Datasets
public import JSON
public import MLOpsCore
public import ModelRegistry
public import ModelRuntime
import SystemPackage

/// Makes a dataset of a dataset's rows and of synthetic ones made from them.
public struct AugmentDataset: Sendable {
  /// What to make of what.
  public struct Request: Sendable {
    /// A dataset, or a file of rows.
    public var source: String
    public var plan: AugmentationPlan
    /// The dataset's name.
    public var name: ArtifactName
    public var seed: UInt64
    /// The member of a row that holds its mark.
    public var mark: String
    /// Whether the originals are left out.
    public var onlySynthetic: Bool
    /// What synthetic rows must match, as a path or a reference; nil for anything.
    public var schema: String?
    /// For the history.
    public var reason: String

    public init(
      source: String, plan: AugmentationPlan, name: ArtifactName, seed: UInt64 = 0,
      mark: String = RowMark.defaultName, onlySynthetic: Bool = false, schema: String? = nil,
      reason: String = ""
    ) {
      self.source = source
      self.plan = plan
      self.name = name
      self.seed = seed
      self.mark = mark
      self.onlySynthetic = onlySynthetic
      self.schema = schema
      self.reason = reason
    }
  }

  /// The dataset and what became of every row and variant.
  public struct Outcome: Sendable {
    public let dataset: AddOutcome
    public let report: AugmentationReport
    /// What was augmented.
    public let source: String
    /// The models that were asked.
    public let models: [String]

    /// Keys: `source`, `dataset`, `digest`, `is_new`, `models`, `report`.
    public var document: JSONValue {
      [
        "source": .string(source), "dataset": .string(dataset.record.label),
        "digest": .string(dataset.record.digest.description), "is_new": .bool(dataset.isNew),
        "models": .array(models.map { .string($0) }), "report": report.json,
      ]
    }
  }

  private let registry: Registry
  private let configuration: RuntimeConfiguration

  /// - Parameter configuration: How models are run. With more than one slot, or where prompts are
  ///   used again, what a model writes may differ from run to run.
  public init(
    registry: Registry,
    configuration: RuntimeConfiguration = RuntimeConfiguration(slots: 1, reusesPrompts: false)
  ) {
    self.registry = registry
    self.configuration = configuration
  }

  /// Augments; the same rows, steps, seed and models give the same digest on one machine.
  ///
  /// `dropped.ndjson` in the version has every variant that was not taken, with the reason; lineage
  /// has the models in the role `paraphraser`.
  ///
  /// - Throws: `DatasetsError` (`datasets.nothing_made` among them), `LifecycleError`,
  ///   `RegistryError`, `RuntimeError`, `CancellationError`.
  public func run(_ request: Request, progress: ProgressHandler? = nil) async throws -> Outcome {
    try Quarantine.refuse(request.name, in: registry)
    let rows = try RowFiles(toUse: request.source, in: registry)
    let input = try rows.single()
    let resolver = ReferenceResolver(registry: registry)
    var models: [String: VersionRecord] = [:]
    for reference in request.plan.models {
      models[reference] = try resolver.resolve(reference, kinds: [.release, .model, .adapter])
    }
    let schemas = Schemas { [registry] in registry }
    let document = try request.schema.map { try schemas.find($0) }
    let schema = try document.map { try schemas.library.compile($0, assertsFormats: true) }
    let versions = models
    let others = versions.values.map { Ingredient(role: "paraphraser", digest: $0.digest) }
    var description: [String: JSONValue] = [
      "steps": request.plan.json(models: versions.mapValues(\.digest)),
      "seed": .integer(request.seed), "mark": .string(request.mark),
      "only_synthetic": .bool(request.onlySynthetic),
    ]
    // More than one answer at a time cannot be repeated to the letter: the version says so.
    if !models.isEmpty, configuration.slots > 1 {
      description["slots"] = .integer(configuration.slots)
    }
    if let document {
      description["schema"] = .string(Digest(of: document.value).description)
    }
    let run = RecordedRun(
      registry: registry, kind: "augment",
      parameters: .object(
        description.merging(
          RecordedRun.Naming.members(
            request.name, of: (rows.version.map { [$0] } ?? []) + versions.values)
        ) { $1 }),
      inputs: (rows.version.map { [Ingredient(role: "source", digest: $0.digest)] } ?? []) + others)
    let augmentation = description
    return try await run.perform { _ in
      let scratch = try ScratchFolder(in: registry)
      let output = scratch.path.appending("rows.ndjson")
      let dropped = scratch.path.appending(RowFiles.droppedFile)
      let options = AugmentationOptions(
        seed: request.seed, mark: request.mark, onlySynthetic: request.onlySynthetic,
        schema: schema)
      let report = try await Augmenter(request.plan, options: options).augment(
        input, output: output, dropped: dropped, progress: progress
      ) { reference, body in
        guard let version = versions[reference] else { throw LifecycleError.noModel }
        try await lend(version, to: body)
      }
      let outcome = try DerivedDataset(
        registry: registry, name: request.name, reason: request.reason
      ).add(
        [("rows.ndjson", output), (RowFiles.droppedFile, dropped)], of: rows.version,
        others: others, try metadata(report, augmentation, output, request))
      return RecordedRun.Ending(
        value: Outcome(
          dataset: outcome, report: report, source: rows.label,
          models: versions.values.map(\.label).sorted()),
        metrics: report.json, outputs: [outcome.record.digest])
    }
  }

  private func metadata(
    _ report: AugmentationReport, _ augmentation: [String: JSONValue], _ output: FilePath,
    _ request: Request
  ) throws -> [String: JSONValue] {
    var augmentation = augmentation
    augmentation["made"] = .object(
      Dictionary(report.steps.map { ($0.label, .integer($0.made)) }) { $1 })
    let before = request.onlySynthetic ? 0 : report.originals + report.synthetic
    return [
      "format": "ndjson", "rows": .integer(before + report.made),
      "synthetic": .integer(report.made + (request.onlySynthetic ? 0 : report.synthetic)),
      "fields": try DerivedDataset.fields(of: output), "augmentation": .object(augmentation),
    ]
  }

  /// Loads a model for as long as it is needed.
  private func lend(
    _ version: VersionRecord, to body: (AugmentationModel) async throws -> Void
  ) async throws {
    let release = try ReleaseComposer(registry: registry).candidate(
      version.reference.description, for: nil)
    let model = try await ReleaseFiles(release, in: registry).load(configuration)
    do {
      try await body(AugmentationModel(model: model, digest: version.digest))
      await model.shutdown()
    } catch {
      await model.shutdown()
      throw error
    }
  }
}
