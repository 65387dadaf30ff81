import Deployment
public import MLOpsCore
public import ModelRegistry

/// Makes releases of parts, and of anything that implies one.
public struct ReleaseComposer: Sendable {
  private let registry: Registry
  private let resolver: ReferenceResolver

  public init(registry: Registry) {
    self.registry = registry
    resolver = ReferenceResolver(registry: registry)
  }

  /// The references of a release's parts.
  public struct Parts: Sendable {
    public var model: String?
    public var adapter: String?
    public var prompt: String?
    public var embedder: String?
    public var index: String?
    public var `guard`: String?
    public var sampling: Sampling?

    public init(
      model: String? = nil, adapter: String? = nil, prompt: String? = nil, embedder: String? = nil,
      index: String? = nil, guard: String? = nil, sampling: Sampling? = nil
    ) {
      self.model = model
      self.adapter = adapter
      self.prompt = prompt
      self.embedder = embedder
      self.index = index
      self.guard = `guard`
      self.sampling = sampling
    }
  }

  /// Registers the release of some parts; the same parts give the version that is there.
  ///
  /// An adapter alone implies the model it was made for.
  ///
  /// - Throws: `DeploymentError` where the parts do not fit, `LifecycleError`, `RegistryError`.
  public func create(_ name: ArtifactName, parts: Parts, reason: String) throws -> AddOutcome {
    let adapter = try parts.adapter.map { try resolver.resolve($0, kinds: [.adapter]) }
    let model = try model(parts.model, under: adapter)
    let prompt = try parts.prompt.map { try resolver.resolve($0, kinds: [.prompt]) }
    // A release that could not be run must not reach an environment, so it is not made at all.
    for part in [model, adapter].compactMap({ $0 }) {
      _ = try ReleaseFiles.gguf(part, in: registry)
    }
    let specification = ReleaseSpecification(
      model: model.digest, adapter: adapter?.digest, prompt: prompt?.digest,
      embedder: try parts.embedder.map { try resolver.resolve($0, kinds: [.model]).digest },
      index: try parts.index.map { try resolver.resolve($0, kinds: [.index]).digest },
      guard: try parts.guard.map { try resolver.resolve($0, kinds: [.guard]).digest },
      sampling: try parts.sampling ?? prompt.map { try PromptLoader(registry: registry).load($0) }?
        .sampling ?? .greedy)
    return try register(specification, as: name, reason: reason)
  }

  /// The release that a reference means in an environment.
  ///
  /// A release is itself. A model or an adapter takes the place of its kind in what serves there
  /// now, so that `mlops promote labeler-adapter --to production` does what it says; where nothing
  /// serves yet it stands alone.
  ///
  /// - Throws: `DeploymentError`, `LifecycleError`, `RegistryError`.
  public func candidate(_ reference: String, for environment: EnvironmentName?) throws
    -> ReleaseCandidate
  {
    let version = try resolver.resolve(reference, kinds: [.release, .adapter, .model])
    if version.kind == .release { return try ReleaseCandidate(version) }
    var specification = try current(environment)
    if version.kind == .adapter {
      let base = try model(nil, under: version)
      specification = specification ?? ReleaseSpecification(model: base.digest)
      specification?.model = base.digest
      specification?.adapter = version.digest
    } else {
      specification = specification ?? ReleaseSpecification(model: version.digest)
      specification?.model = version.digest
      specification?.adapter = nil
    }
    guard let specification else { throw LifecycleError.noSuchPath(reference) }
    _ = try ReleaseFiles.gguf(version, in: registry)
    if let known = try registry.version(digest: specification.manifest.digest) {
      return try ReleaseCandidate(known)
    }
    return ReleaseCandidate(
      specification, impliedBy: reference, as: try ArtifactName("\(version.name)-release"))
  }

  /// The candidate's version, made where it is not registered yet.
  public func register(_ candidate: ReleaseCandidate) throws -> VersionRecord {
    if let version = candidate.version { return version }
    return try register(candidate.specification, as: candidate.name, reason: candidate.reason)
      .record
  }

  /// The version of the release that a reference means in an environment.
  ///
  /// - Throws: as `candidate`.
  public func release(_ reference: String, for environment: EnvironmentName?) throws
    -> VersionRecord
  {
    try register(try candidate(reference, for: environment))
  }

  private func current(_ environment: EnvironmentName?) throws -> ReleaseSpecification? {
    guard let environment, let generation = try registry.currentGeneration(of: environment),
      let release = try registry.version(digest: generation.release)
    else { return nil }
    return try ReleaseSpecification(release)
  }

  private func model(_ reference: String?, under adapter: VersionRecord?) throws -> VersionRecord {
    let binding = AdapterBinding(registry: registry)
    if let reference {
      let model = try resolver.resolve(reference, kinds: [.model])
      if let adapter { try binding.check(adapter, on: model) }
      return model
    }
    guard let adapter else { throw LifecycleError.noModel }
    return try binding.base(of: adapter)
  }

  private func register(
    _ specification: ReleaseSpecification, as name: ArtifactName, reason: String
  ) throws -> AddOutcome {
    let manifest = specification.manifest
    return try registry.add(
      VersionDraft(
        name: name, kind: .release, files: [], ingredients: manifest.ingredients,
        metadata: manifest.metadata, reason: reason, code: Provenance.here),
      progress: nil)
  }
}
