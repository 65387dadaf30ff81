import Datasets
import JSON
import MLOpsCore
public import ModelRegistry

/// The rows that an ingestion did not take, as a version: what marks it, and what refuses it.
enum Quarantine {
  /// The role in which the dataset of the accepted rows is an ingredient of its quarantine.
  static let role = "quarantine_of"
  /// The member of the metadata that marks a quarantine.
  static let mark = "quarantine"

  /// - Parameter dataset: the metadata of the dataset of the accepted rows.
  static func metadata(of report: IngestReport, _ dataset: [String: JSONValue])
    -> [String: JSONValue]
  {
    var metadata = dataset.filter { ["schema", "schema_fetched", "cleaning"].contains($0.key) }
    metadata["rows"] = .integer(report.quarantined + report.dropped)
    metadata[mark] = [
      "invalid": .integer(report.quarantined), "dropped": .integer(report.dropped),
    ]
    return metadata
  }

  /// Refuses a quarantine where rows are to be learned from or made into others.
  ///
  /// - Throws: `LifecycleError` with code `lifecycle.quarantined`.
  static func refuse(_ version: VersionRecord, in registry: Registry) throws {
    guard version.isQuarantine else { return }
    let dataset = try version.manifest.ingredients.first { $0.role == role }
      .flatMap { try registry.version(digest: $0.digest) }
    throw LifecycleError.quarantined(version.label, dataset: dataset?.label)
  }
}

extension VersionRecord {
  /// Whether it is the rows that an ingestion did not take.
  public var isQuarantine: Bool { manifest.metadata[Quarantine.mark] != nil }
}
