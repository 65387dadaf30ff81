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
    /// Conflicts that tell of the feedback.
    public let conflicts: Int
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
      let found = try count(of: version) { !digests.isDisjoint(with: $0) }
      guard found.rows + found.conflicts > 0 else { continue }
      reached[version.digest] = Reached(
        version: version, rows: found.rows, conflicts: found.conflicts,
        serves: serving[version.digest] ?? [])
      for node in try registry.lineage(of: version.digest, direction: .descendants).nodes {
        guard let made = node.version, reached[made.digest] == nil else { continue }
        reached[made.digest] = Reached(
          version: made, rows: nil, conflicts: 0, serves: serving[made.digest] ?? [])
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
      version.manifest.files.contains(where: { $0.path.description == RowFiles.sourcesFile })
    else { return 0 }
    return try forgottenLines(of: version).count
  }

  /// The lines, from 1, of a dataset's rows that come from feedback which was forgotten since.
  ///
  /// - Throws: `RegistryError`, `DatasetsError`.
  func forgottenLines(of version: VersionRecord) throws -> Set<Int> {
    guard let log = try registry.feedbackIfAny() else { return [] }
    let origins = try origins(of: version)
    let forgotten = try log.forgotten(among: Set(origins.values.flatMap { $0 }))
    return Set(origins.filter { !forgotten.isDisjoint(with: $0.value) }.keys)
  }

  /// The feedback that each row of a dataset comes from, by its line from 1.
  ///
  /// - Throws: `RegistryError`, `DatasetsError`.
  func origins(of version: VersionRecord) throws -> [Int: [Digest]] {
    var origins: [Int: [Digest]] = [:]
    try forEachLine(of: RowFiles.sourcesFile, in: version) { line, value in
      let digests = (value["feedback"]?.array ?? []).compactMap { digest in
        digest.string.flatMap { try? Digest($0) }
      }
      if !digests.isEmpty { origins[line] = digests }
    }
    return origins
  }

  /// How many rows of a dataset come from feedback that passes a test, and how many of its conflicts
  /// tell of such.
  private func count(of version: VersionRecord, _ passes: (Set<Digest>) -> Bool) throws -> (
    rows: Int, conflicts: Int
  ) {
    let rows = try origins(of: version).values.count { passes(Set($0)) }
    var conflicts = 0
    try forEachLine(of: RowFiles.conflictsFile, in: version) { _, value in
      let digests = (value["votes"]?.array ?? []).compactMap { vote in
        vote["feedback"]?.string.flatMap { try? Digest($0) }
      }
      if !digests.isEmpty, passes(Set(digests)) { conflicts += 1 }
    }
    return (rows, conflicts)
  }

  private func forEachLine(
    of path: String, in version: VersionRecord, _ body: (Int, JSONValue) -> Void
  ) throws {
    for file in version.manifest.files where file.path.description == path {
      var reader = try SourceReader(try registry.stored(file).path, format: .ndjson)
      while let row = try reader.next() {
        if case .success(let value) = row.content { body(row.line, value) }
      }
    }
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
  /// Keys: `reference`, `kind`, `digest`, `rows`, `conflicts`, `serves`.
  public var document: JSONValue {
    [
      "reference": .string(version.label), "kind": .string(version.kind.rawValue),
      "digest": .string(version.digest.description), "rows": rows.map { .integer($0) } ?? .null,
      "conflicts": .integer(conflicts),
      "serves": .array(serves.map { .string($0.description) }),
    ]
  }
}
