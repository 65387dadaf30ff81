import Datasets
public import JSON
public import MLOpsCore
public import ModelRegistry

/// How far feedback went: the datasets that hold rows of it, what was made from those, and where that
/// serves.
public struct FeedbackReach: Sendable {
  /// A version that feedback went into.
  public struct Reached: Sendable {
    public let version: VersionRecord
    /// Rows that come from the feedback; nil for what was made from such a dataset.
    public let rows: Int?
    /// Environments that point at it now.
    public let serves: [EnvironmentName]
  }

  private let registry: Registry

  public init(registry: Registry) { self.registry = registry }

  /// The versions that some records went into, oldest first.
  ///
  /// - Throws: `RegistryError`, `DatasetsError`.
  public func reached(by digests: Set<Digest>) throws -> [Reached] {
    guard !digests.isEmpty else { return [] }
    let serving = try serving()
    var reached: [Digest: Reached] = [:]
    for version in try registry.versions(holding: ContentPath(RowFiles.sourcesFile)) {
      let rows = try rows(of: version) { !digests.isDisjoint(with: $0) }
      guard rows > 0 else { continue }
      reached[version.digest] = Reached(
        version: version, rows: rows, serves: serving[version.digest] ?? [])
      for node in try registry.lineage(of: version.digest, direction: .descendants).nodes {
        guard let made = node.version, reached[made.digest] == nil else { continue }
        reached[made.digest] = Reached(
          version: made, rows: nil, serves: serving[made.digest] ?? [])
      }
    }
    return reached.values.sorted {
      ($0.version.createdAt, $0.version.label) < ($1.version.createdAt, $1.version.label)
    }
  }

  /// Rows of a dataset that come from feedback which was forgotten since; 0 for what holds no
  /// feedback.
  ///
  /// - Throws: `RegistryError`, `DatasetsError`.
  public func forgottenRows(of version: VersionRecord) throws -> Int {
    guard version.kind == .dataset,
      version.manifest.files.contains(where: { $0.path.description == RowFiles.sourcesFile }),
      let log = try registry.feedbackIfAny()
    else { return 0 }
    var digests: Set<Digest> = []
    _ = try rows(of: version) { sources in
      digests.formUnion(sources)
      return true
    }
    let forgotten = try log.forgotten(among: digests)
    guard !forgotten.isEmpty else { return 0 }
    return try rows(of: version) { !forgotten.isDisjoint(with: $0) }
  }

  /// How many rows of a dataset come from feedback that passes a test.
  private func rows(of version: VersionRecord, _ passes: (Set<Digest>) -> Bool) throws -> Int {
    var count = 0
    for file in version.manifest.files where file.path.description == RowFiles.sourcesFile {
      var reader = try SourceReader(try registry.stored(file).path, format: .ndjson)
      while let row = try reader.next() {
        guard case .success(let value) = row.content else { continue }
        let digests = (value["feedback"]?.array ?? []).compactMap { digest in
          digest.string.flatMap { try? Digest($0) }
        }
        if !digests.isEmpty, passes(Set(digests)) { count += 1 }
      }
    }
    return count
  }

  private func serving() throws -> [Digest: [EnvironmentName]] {
    var serving: [Digest: [EnvironmentName]] = [:]
    for environment in try registry.environments().sorted() {
      guard let generation = try registry.currentGeneration(of: environment) else { continue }
      serving[generation.release, default: []].append(environment)
    }
    return serving
  }
}

extension FeedbackReach.Reached {
  /// Keys: `reference`, `kind`, `digest`, `rows`, `serves`.
  public var document: JSONValue {
    [
      "reference": .string(version.label), "kind": .string(version.kind.rawValue),
      "digest": .string(version.digest.description), "rows": rows.map { .integer($0) } ?? .null,
      "serves": .array(serves.map { .string($0.description) }),
    ]
  }
}
