import Datasets
import JSON
import MLOpsCore
public import ModelRegistry
import SystemPackage

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
      .flatMap { try NamedLineage(registry).source(of: version, $0) }
    throw LifecycleError.quarantined(version.label, dataset: dataset?.label)
  }

  /// Refuses a file that is the rows of a quarantine, laid out.
  ///
  /// - Throws: as above.
  static func refuse(_ file: FilePath, in registry: Registry) throws {
    // A pipe can be read only once; a folder's texts are no rows of a quarantine.
    guard let digest = try registry.digestIfKnownSize(of: file) else { return }
    for version in try registry.versions(holdingContent: digest) {
      try refuse(version, in: registry)
    }
  }

  /// Refuses the name of a quarantine for data, which would stand for the refused rows from then on.
  ///
  /// - Throws: `LifecycleError` with code `lifecycle.quarantine_name`.
  static func refuse(_ name: ArtifactName, in registry: Registry) throws {
    guard try newest(name, in: registry)?.isQuarantine == true else { return }
    throw LifecycleError.quarantineName(name.description, holdsData: false)
  }

  /// The name of the quarantine of a dataset; refused where it holds data.
  ///
  /// - Throws: `LifecycleError` with code `lifecycle.quarantine_name`, `CoreError` where it would be too
  ///   long.
  static func name(of dataset: ArtifactName, in registry: Registry) throws -> ArtifactName {
    let name = try ArtifactName("\(dataset)\(suffix)")
    guard try newest(name, in: registry)?.isQuarantine != false else {
      throw LifecycleError.quarantineName(name.description, holdsData: true)
    }
    return name
  }

  /// What the name of a dataset's quarantine ends in.
  static let suffix = "-quarantine"

  private static func newest(_ name: ArtifactName, in registry: Registry) throws -> VersionRecord? {
    do {
      return try registry.resolve(.newest(name))
    } catch RegistryError.nameUnknown {
      return nil
    }
  }
}

extension VersionRecord {
  /// Whether it is the rows that an ingestion did not take.
  public var isQuarantine: Bool { manifest.metadata[Quarantine.mark] != nil }
}
