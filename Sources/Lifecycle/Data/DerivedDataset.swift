import Datasets
import JSON
import MLOpsCore
import ModelRegistry
import SystemPackage

/// A dataset that is made of rows there are, on its way into the registry.
struct DerivedDataset {
  let registry: Registry
  let name: ArtifactName
  let reason: String

  /// The role of the version that the rows were made of.
  static let sourceRole = "source"

  /// The names of all top-level fields of a file of rows, for the metadata.
  static func fields(of file: FilePath) throws -> JSONValue {
    let profile = try DatasetProfile(file: file)
    let names = profile.fields.compactMap { field in
      JSONPointer(field.pointer).flatMap { $0.tokens.count == 1 ? $0.tokens[0] : nil }
    }
    return .array(names.sorted().map { .string($0) })
  }

  /// Registers files of rows; `source` is the version that they were made of, if it is one.
  func add(
    _ files: [(String, FilePath)], of source: VersionRecord?, others: [Ingredient] = [],
    _ metadata: [String: JSONValue]
  ) throws -> AddOutcome {
    try registry.add(
      VersionDraft(
        name: name, kind: .dataset,
        files: try files.map { path, file in
          SourceFile(
            path: try ContentPath(path), content: .file(file), mediaType: MediaType.ndjson,
            storage: .compressed)
        },
        ingredients: (source.map {
          [Ingredient(role: DerivedDataset.sourceRole, digest: $0.digest)]
        } ?? [])
          + others,
        metadata: metadata, reason: reason, code: Provenance.here),
      progress: nil)
  }
}
