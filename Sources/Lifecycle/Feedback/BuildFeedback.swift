public import Datasets
public import JSON
public import MLOpsCore
public import ModelRegistry
import SystemPackage

/// Makes a dataset version that `mlops train` takes, of the store's feedback.
public struct BuildFeedback: Sendable {
  public struct Request: Sendable {
    public var options: FeedbackBuildOptions
    public var filter: FeedbackFilter
    /// Datasets that go into it, as references.
    public var merge: [String]
    /// A prompt, which makes questions of records.
    public var prompt: String?
    /// The field of merged records that is the answer.
    public var answer: String?
    /// The dataset's name.
    public var name: ArtifactName
    public var reason: String

    public init(
      options: FeedbackBuildOptions, filter: FeedbackFilter = FeedbackFilter(),
      merge: [String] = [], prompt: String? = nil, answer: String? = nil, name: ArtifactName,
      reason: String = ""
    ) {
      self.options = options
      self.filter = filter
      self.merge = merge
      self.prompt = prompt
      self.answer = answer
      self.name = name
      self.reason = reason
    }
  }

  public struct Outcome: Sendable {
    public let dataset: AddOutcome
    public let report: FeedbackBuildReport
    /// What people contradicted each other in; all of it is in the version's `conflicts.ndjson`.
    public let conflicts: [JSONValue]

    /// Keys: the dataset's document, and `is_new`, `report`, `conflicts`.
    public var document: JSONValue {
      var object = dataset.record.document.object ?? [:]
      object["is_new"] = .bool(dataset.isNew)
      object["report"] = report.json
      object["conflicts"] = .array(conflicts)
      return .object(object)
    }
  }

  private let registry: Registry
  private let policy: WorkspaceConfiguration.FeedbackPolicy

  public init(workspace: Workspace, registry: Registry) {
    self.registry = registry
    policy = workspace.configuration.feedback
  }

  /// Builds; the same feedback, datasets and options give the same digest.
  ///
  /// The version holds `rows.ndjson`, `sources.ndjson` (of each row, which feedback or row it comes
  /// from) and, where there are any, `conflicts.ndjson`.
  /// - Throws: `DatasetsError` (`datasets.nothing_to_learn` among them), `RegistryError`,
  ///   `LifecycleError`.
  public func run(_ request: Request) async throws -> Outcome {
    try Quarantine.refuse(request.name, in: registry)
    let resolver = ReferenceResolver(registry: registry)
    let prompt = try request.prompt.map { try resolver.resolve($0, kinds: [.prompt]) }
    let merged = try request.merge.map { try resolver.resolve($0, kinds: [.dataset]) }
    for version in merged { try Quarantine.refuse(version, in: registry) }
    var ingredients = merged.map { Ingredient(role: "merged", digest: $0.digest) }
    if let prompt { ingredients.append(Ingredient(role: "prompt", digest: prompt.digest)) }
    let inputs = ingredients
    let log = try registry.feedbackIfAny()
    let options = try known(request.options, in: log)
    let run = RecordedRun(
      registry: registry, kind: "feedback build",
      parameters: .object(
        (BuildFeedback.nameless(options: request.options).object ?? [:]).merging(
          RecordedRun.Naming.members(request.name, of: merged + (prompt.map { [$0] } ?? []))
        ) { $1 }), inputs: inputs)
    return try await run.perform { _ in
      var build = FeedbackBuild(
        options, prompt: try prompt.map { try PromptLoader(registry: registry).load($0) },
        answer: request.answer)
      for version in merged { try merge(version, into: &build) }
      if let log {
        var allowed = request.filter
        allowed.consent = policy.requiresConsent ? .given : .allowed
        try log.forEach(allowed) { try build.add($0) }
        build.noteWithoutConsent(try log.count(request.filter) - log.count(allowed))
      }
      let built = try build.finish()
      let dataset = try register(built, request, inputs)
      return RecordedRun.Ending(
        value: Outcome(dataset: dataset, report: built.report, conflicts: built.conflicts),
        metrics: built.report.json, outputs: [dataset.record.digest])
    }
  }

  private func merge(_ version: VersionRecord, into build: inout FeedbackBuild) throws {
    let reach = FeedbackReach(registry: registry)
    let (origins, forgotten) = try (reach.origins(of: version), reach.forgottenLines(of: version))
    for file in RowFiles.rows(of: version) {
      // Only the rows that a build made have their origins told.
      let isBuilt = file.path.description == RowFiles.rowsFile
      try build.merge(
        try registry.stored(file).path, name: "\(version.label)/\(file.path)",
        digest: version.digest, origins: isBuilt ? origins : [:],
        leavesOut: isBuilt ? forgotten : [])
    }
  }

  /// The raters by the names that they have in the store.
  ///
  /// - Throws: `LifecycleError` with code `lifecycle.unknown_rater`.
  private func known(_ options: FeedbackBuildOptions, in log: FeedbackLog?) throws
    -> FeedbackBuildOptions
  {
    var options = options
    options.raters = try options.raters.map { rater in
      guard let entry = try log?.entries(FeedbackFilter(rater: rater), limit: 1).first,
        let name = entry.record.rater
      else { throw LifecycleError.unknownRater(rater) }
      return name
    }
    return options
  }

  private func register(
    _ built: FeedbackBuild.Built, _ request: Request, _ ingredients: [Ingredient]
  ) throws -> AddOutcome {
    var files = [
      try file(RowFiles.rowsFile, built.rows), try file(RowFiles.sourcesFile, built.sources),
    ]
    if !built.conflicts.isEmpty {
      files.append(try file(RowFiles.conflictsFile, built.conflicts.map(BuildFeedback.nameless)))
    }
    let fields = Set(built.rows.flatMap { ($0.object ?? [:]).keys }).sorted()
    return try registry.add(
      VersionDraft(
        name: request.name, kind: .dataset, files: files, ingredients: ingredients,
        metadata: [
          "format": "ndjson", "rows": .integer(built.rows.count),
          "fields": .array(fields.map { .string($0) }),
          "feedback": BuildFeedback.nameless(options: request.options),
          "conflicts": .integer(built.conflicts.count),
        ], reason: request.reason, code: Provenance.here),
      progress: nil)
  }

  /// A version is for ever, so it names nobody: who judged is in the records that it names.
  private static func nameless(_ conflict: JSONValue) -> JSONValue {
    guard var members = conflict.object, let votes = members["votes"]?.array else {
      return conflict
    }
    members["votes"] = .array(
      votes.map { vote in .object((vote.object ?? [:]).filter { $0.key != "rater" }) })
    return .object(members)
  }

  private static func nameless(options: FeedbackBuildOptions) -> JSONValue {
    var members = options.json.object ?? [:]
    members["raters"] = .integer(options.raters.count)
    return .object(members)
  }

  private func file(_ path: String, _ rows: [JSONValue]) throws -> SourceFile {
    var bytes: [UInt8] = []
    for row in rows {
      bytes += row.canonicalBytes
      bytes.append(0x0A)
    }
    return SourceFile(
      path: try ContentPath(path), content: .bytes(bytes), mediaType: MediaType.ndjson,
      storage: .compressed)
  }
}
