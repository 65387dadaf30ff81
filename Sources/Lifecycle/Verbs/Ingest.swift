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
    /// What is recorded of the run: the report, with what each input was.
    let record: JSONValue

    /// Keys: the dataset's document, and `is_new`, `quarantine`, `report`.
    public var document: JSONValue {
      var object = dataset.record.document.object ?? [:]
      object["is_new"] = .bool(dataset.isNew)
      object["quarantine"] = quarantine.map { .string($0.record.label) } ?? .null
      object["report"] = .object(
        (record.object ?? [:]).merging(["inputs": .array(inputs)]) { $1 })
      return .object(object)
    }

    /// As they are recorded, without what was asked of databases.
    private var inputs: [JSONValue] {
      let told: Set = ["name", "rows", "size", "digest"]
      return (record["inputs"]?.array ?? []).map { input in
        .object((input.object ?? [:]).filter { told.contains($0.key) })
      }
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
  /// A registered schema, and those that it refers to, become ingredients with the role `schema`. The
  /// dataset is an ingredient of its quarantine, in the role `quarantine_of`.
  ///
  /// - Parameters:
  ///   - inputs: their names, sizes, digests and rows, and what was asked of databases, are recorded
  ///     with the run and not in the dataset; `IngestOrigin` finds them.
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
    try Quarantine.refuse(name, in: registry)
    let quarantineName = try Quarantine.name(of: name, in: registry)
    for path in inputs.compactMap(\.path) { _ = try RowFiles.named(path.string) }
    let document = try schemas.find(schema)
    let compiled = try schemas.library.compile(document, assertsFormats: true)
    let schemaDigest = Digest(of: document.value)
    let ingredients = schemas.used.map { Ingredient(role: "schema", digest: $0.digest) }
    let fetched = schemas.remote?.digests.mapValues { JSONValue.string($0.description) } ?? [:]
    var parameters: [String: JSONValue] = [
      "schema": .string(schemaDigest.description), "max_invalid": .double(maxInvalid),
      "cleaning": cleaning.json, "files": .array(InputNames.of(inputs).map { .string($0) }),
      RecordedRun.Naming.name: .string(name.description),
    ]
    let records = try inputs.map { try $0.record() }
    let sources = records.compactMap { $0 }
    if !sources.isEmpty { parameters["sources"] = .array(sources) }
    let run = RecordedRun(
      registry: registry, kind: "ingest", parameters: .object(parameters), inputs: ingredients)
    return try await run.perform { _ in
      let scratch = try ScratchFolder(in: registry)
      let rejected = scratch.path.appending("quarantine.ndjson")
      let sink = StoreSink(try registry.contentStream(storage: .compressed))
      let report: IngestReport
      do {
        report = try Ingestion(
          schema: compiled, maxInvalid: maxInvalid, cleaning: cleaning,
          columns: ColumnTypings(declaredBy: compiled, document.value)
        ).ingest(inputs, into: sink, quarantine: rejected, progress: progress)
      } catch {
        // The store says better than the sink's user what went wrong.
        throw sink.failure ?? error
      }
      var metadata = report.metadata
      metadata["schema"] = .string(schemaDigest.description)
      // What it was fetched from may say something else tomorrow.
      if !fetched.isEmpty { metadata["schema_fetched"] = .object(fetched) }
      if !cleaning.steps.isEmpty { metadata["cleaning"] = cleaning.json }
      let rows = try sink.finish()
      var drafts = [try draft(name, .staged(rows), of: ingredients, metadata, reason)]
      if report.quarantined + report.dropped > 0 {
        let dataset = Manifest(
          kind: .dataset,
          files: [
            ContentFile(
              path: try ContentPath(RowFiles.rowsFile), digest: rows.digest, size: rows.size,
              mediaType: MediaType.ndjson)
          ], ingredients: ingredients, metadata: metadata)
        drafts.append(
          try draft(
            quarantineName, .file(rejected),
            of: ingredients + [Ingredient(role: Quarantine.role, digest: dataset.digest)],
            Quarantine.metadata(of: report, metadata), reason))
      }
      // Both or none: a dataset never lacks the rows that were taken out of it.
      let added = try registry.add(contentsOf: drafts)
      let (dataset, quarantine) = (added[0], added.count > 1 ? added[1] : nil)
      let record = metrics(of: report, records)
      return RecordedRun.Ending(
        value: Outcome(
          dataset: dataset, quarantine: quarantine, report: report, record: record),
        metrics: record,
        outputs: [dataset.record.digest] + (quarantine.map { [$0.record.digest] } ?? []))
    }
  }

  /// What became of the rows, with what is recorded of each input.
  private func metrics(of report: IngestReport, _ records: [JSONValue?]) -> JSONValue {
    var metrics = report.json.object ?? [:]
    metrics["inputs"] = .array(
      zip(report.inputs, records).map { input, record in
        .object(
          (input.json.object ?? [:]).merging(record?.object ?? [:]) { own, recorded in
            own == .null ? recorded : own
          })
      })
    return .object(metrics)
  }

  private func draft(
    _ name: ArtifactName, _ rows: SourceFile.Content, of ingredients: [Ingredient],
    _ metadata: [String: JSONValue], _ reason: String
  ) throws -> VersionDraft {
    VersionDraft(
      name: name, kind: .dataset,
      files: [
        SourceFile(
          path: try ContentPath(RowFiles.rowsFile), content: rows, mediaType: MediaType.ndjson,
          storage: .compressed)
      ], ingredients: ingredients, metadata: metadata, reason: reason, code: Provenance.here)
  }
}

/// Rows on their way into the store, hashed and compressed as they come.
private final class StoreSink: RowSink {
  private let stream: ContentStream
  /// What the store refused.
  private(set) var failure: RegistryError?

  init(_ stream: ContentStream) { self.stream = stream }

  func write(_ lines: UnsafeRawBufferPointer) throws {
    do throws(RegistryError) {
      try stream.write(lines)
    } catch {
      failure = error
      throw error
    }
  }

  func finish() throws -> StagedContent { try stream.finish() }
}
