public import Datasets
import Foundation
public import JSON
import JSONSchema
public import MLOpsCore
public import ModelRegistry
import SystemPackage

/// Turns files of rows into a dataset version, and what is invalid into a quarantine beside it.
public struct Ingest: Sendable {
  /// The dataset, its quarantine and what became of every row.
  public struct Outcome: Sendable {
    public let dataset: AddOutcome
    /// `<name>-quarantine`; nil where every row was valid.
    public let quarantine: AddOutcome?
    public let report: IngestReport

    /// Keys: the dataset's document, and `is_new`, `quarantine`, `report`.
    public var document: JSONValue {
      var object = dataset.record.document.object ?? [:]
      object["is_new"] = .bool(dataset.isNew)
      object["quarantine"] = quarantine.map { .string($0.record.label) } ?? .null
      object["report"] = report.json
      return .object(object)
    }
  }

  private let registry: Registry
  private let schemas: Schemas

  /// - Parameter allowsRemote: Whether documents that the schema refers to, and that are found
  ///   nowhere else, are fetched.
  public init(registry: Registry, allowsRemote: Bool = false) {
    self.registry = registry
    schemas = Schemas(allowsRemote: allowsRemote) { registry }
  }

  /// Ingests; the same rows and schema give the same digest, wherever the rows come from.
  ///
  /// A registered schema, and those that it refers to, become ingredients with the role `schema`.
  ///
  /// - Parameters:
  ///   - inputs: what was asked of databases, and the digests of their files, are recorded with the
  ///     run and not in the dataset.
  ///   - schema: a path or a reference.
  ///   - cleaning: what is done to valid rows; recorded in the dataset's metadata.
  ///   - maxInvalid: the share of invalid rows, 0 to 1, above which nothing is registered.
  /// - Throws: `DatasetsError` (`datasets.too_many_invalid` among them), `RegistryError`,
  ///   `LifecycleError` for a schema that is not there.
  public func run(
    _ inputs: [RowInput], schema: String, name: ArtifactName, maxInvalid: Double,
    cleaning: CleaningPipeline = CleaningPipeline([]), reason: String = "",
    progress: ProgressHandler? = nil
  ) async throws -> Outcome {
    // Both names are checked before anything is registered.
    let quarantineName = try ArtifactName("\(name)-quarantine")
    let document = try schemas.find(schema)
    let compiled = try schemas.library.compile(document, assertsFormats: true)
    let schemaDigest = Digest(of: document.value)
    let ingredients = schemas.used.map { Ingredient(role: "schema", digest: $0.digest) }
    let fetched = schemas.remote?.digests.mapValues { JSONValue.string($0.description) } ?? [:]
    var parameters: [String: JSONValue] = [
      "schema": .string(schemaDigest.description), "max_invalid": .double(maxInvalid),
      "cleaning": cleaning.json, "files": .array(inputs.map { .string($0.name) }),
    ]
    let sources = try inputs.compactMap { try $0.record() }
    if !sources.isEmpty { parameters["sources"] = .array(sources) }
    let run = RecordedRun(
      registry: registry, kind: "ingest", parameters: .object(parameters), inputs: ingredients)
    return try await run.perform { _ in
      let scratch = try ScratchFolder(in: registry)
      let rows = scratch.path.appending("rows.ndjson")
      let rejected = scratch.path.appending("quarantine.ndjson")
      let report = try Ingestion(
        schema: compiled, maxInvalid: maxInvalid, cleaning: cleaning,
        columns: ColumnTypings(declaredBy: compiled, document.value)
      ).ingest(
        inputs, output: rows, quarantine: rejected, progress: progress)
      var metadata = report.metadata
      metadata["schema"] = .string(schemaDigest.description)
      // What it was fetched from may say something else tomorrow.
      if !fetched.isEmpty { metadata["schema_fetched"] = .object(fetched) }
      if !cleaning.steps.isEmpty { metadata["cleaning"] = cleaning.json }
      let dataset = try add(rows, as: name, of: ingredients, metadata, reason)
      let quarantine =
        report.quarantined + report.dropped == 0
        ? nil
        : try add(
          rejected, as: quarantineName, of: ingredients,
          [
            "rows": .integer(report.quarantined + report.dropped),
            "schema": .string(schemaDigest.description),
          ],
          reason)
      return RecordedRun.Ending(
        value: Outcome(dataset: dataset, quarantine: quarantine, report: report),
        metrics: report.json,
        outputs: [dataset.record.digest] + (quarantine.map { [$0.record.digest] } ?? []))
    }
  }

  private func add(
    _ file: FilePath, as name: ArtifactName, of ingredients: [Ingredient],
    _ metadata: [String: JSONValue], _ reason: String
  ) throws -> AddOutcome {
    try registry.add(
      VersionDraft(
        name: name, kind: .dataset,
        files: [
          SourceFile(
            path: try ContentPath("rows.ndjson"), content: .file(file),
            mediaType: MediaType.ndjson, storage: .compressed)
        ], ingredients: ingredients, metadata: metadata, reason: reason, code: Provenance.here),
      progress: nil)
  }
}
