public import Datasets
public import JSON
public import MLOpsCore
public import ModelRegistry
import SystemPackage

/// Makes datasets of datasets: cleaned ones, and the parts of a split.
public struct MakeDataset: Sendable {
  private let registry: Registry

  public init(registry: Registry) { self.registry = registry }

  /// A cleaned dataset and what was dropped on the way.
  public struct Cleaned: Sendable {
    public let dataset: AddOutcome
    public let report: CleaningReport
    public let source: String

    public var document: JSONValue {
      [
        "source": .string(source), "dataset": .string(dataset.record.label),
        "digest": .string(dataset.record.digest.description), "is_new": .bool(dataset.isNew),
        "report": report.json,
      ]
    }
  }

  /// Runs cleaning steps over a dataset or a file and registers what is left; `dropped.ndjson` in
  /// the version says what was not, with line, step and reason.
  ///
  /// - Parameter query: what to ask a SQLite database that `source` names.
  /// - Throws: `DatasetsError`, `RegistryError`, `LifecycleError`.
  public func clean(
    _ source: String, query: String? = nil, _ pipeline: CleaningPipeline, as name: ArtifactName,
    reason: String = "",
    progress: ProgressHandler? = nil
  ) throws -> Cleaned {
    try Quarantine.refuse(name, in: registry)
    let rows = try RowFiles(toUse: source, in: registry)
    let format = try rows.format(query: query)
    return try run("clean", name, of: rows, ["cleaning": pipeline.json]).performNow {
      let cleaned = try clean(rows, format, pipeline, as: name, reason: reason, progress: progress)
      return RecordedRun.Ending(
        value: cleaned, metrics: cleaned.report.json, outputs: [cleaned.dataset.record.digest])
    }
  }

  private func clean(
    _ rows: RowFiles, _ format: SourceFormat?, _ pipeline: CleaningPipeline, as name: ArtifactName,
    reason: String, progress: ProgressHandler?
  ) throws -> Cleaned {
    let scratch = try ScratchFolder(in: registry)
    let kept = scratch.path.appending("rows.ndjson")
    let dropped = scratch.path.appending("dropped.ndjson")
    let report = try Cleaner(pipeline).clean(
      try rows.single(), format: format, output: kept, dropped: dropped, progress: progress)
    var metadata: [String: JSONValue] = [
      "format": "ndjson", "rows": .integer(report.written), "dropped": .integer(report.dropped),
      "cleaning": pipeline.json,
    ]
    metadata["fields"] = try DerivedDataset.fields(of: kept)
    let outcome = try DerivedDataset(registry: registry, name: name, reason: reason).add(
      [("rows.ndjson", kept), (RowFiles.droppedFile, dropped)], of: rows.version, metadata)
    return Cleaned(dataset: outcome, report: report, source: rows.label)
  }

  private func run(
    _ kind: String, _ name: ArtifactName, of rows: RowFiles, _ parameters: [String: JSONValue]
  ) -> RecordedRun {
    let versions = rows.version.map { [$0] } ?? []
    return RecordedRun(
      registry: registry, kind: kind,
      parameters: .object(
        parameters.merging(RecordedRun.Naming.members(name, of: versions)) { $1 }),
      inputs: versions.map { Ingredient(role: DerivedDataset.sourceRole, digest: $0.digest) })
  }

  /// The parts of a split, in the order of the plan.
  public struct Split: Sendable {
    public let parts: [(name: String, dataset: AddOutcome)]
    public let report: SplitReport

    public var document: JSONValue {
      [
        "parts": .array(
          parts.map {
            [
              "name": .string($0.name), "dataset": .string($0.dataset.record.label),
              "digest": .string($0.dataset.record.digest.description),
            ]
          }), "report": report.json,
      ]
    }
  }

  /// Splits a dataset or a file; each part becomes the dataset `<name>-<part>`.
  ///
  /// Synthetic rows go with their sources; how an augmented dataset marks them is known from its
  /// metadata, else the plan says it.
  ///
  /// - Parameter query: what to ask a SQLite database that `source` names.
  /// - Throws: `DatasetsError`, `RegistryError`, `LifecycleError`.
  public func split(
    _ source: String, query: String? = nil, _ plan: SplitPlan, as name: ArtifactName,
    reason: String = ""
  ) throws -> Split {
    // All names are checked before anything is registered.
    let names = try plan.parts.map { try ArtifactName("\(name)-\($0.name)") }
    for name in names { try Quarantine.refuse(name, in: registry) }
    let rows = try RowFiles(toUse: source, in: registry)
    var plan = plan
    if let mark = rows.mark { plan.mark = mark }
    let format = try rows.format(query: query)
    return try run("split", name, of: rows, ["split": plan.json]).performNow {
      let made = try split(rows, format, plan, as: names, reason: reason)
      return RecordedRun.Ending(
        value: made, metrics: made.report.json, outputs: made.parts.map(\.dataset.record.digest))
    }
  }

  private func split(
    _ rows: RowFiles, _ format: SourceFormat?, _ plan: SplitPlan, as names: [ArtifactName],
    reason: String
  ) throws -> Split {
    let scratch = try ScratchFolder(in: registry)
    let paths = Dictionary(
      uniqueKeysWithValues: plan.parts.map {
        ($0.name, scratch.path.appending("\($0.name).ndjson"))
      }
    )
    let report = try Splitter(plan).split(
      try rows.single(), format: format, into: paths)
    let parts = try zip(plan.parts, names).map { part, name in
      guard let path = paths[part.name] else { throw LifecycleError.noRows(part.name) }
      let count = report.parts.first { $0.name == part.name }?.rows ?? 0
      let outcome = try DerivedDataset(registry: registry, name: name, reason: reason).add(
        [("rows.ndjson", path)], of: rows.version,
        [
          "format": "ndjson", "rows": .integer(count),
          "fields": try DerivedDataset.fields(of: path), "split": plan.json,
          "part": .string(part.name),
        ])
      return (name: part.name, dataset: outcome)
    }
    return Split(parts: parts, report: report)
  }
}
