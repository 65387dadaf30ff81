import Deployment
import JSON
public import MLOpsCore
public import ModelRegistry

/// Moves an environment to another release: resolve, gate, prepare, commit, swap.
public struct Promote: Sendable {
  /// What is asked for.
  public struct Request: Sendable {
    /// A release, or a model or adapter that implies one.
    public var candidate: String
    public var environment: EnvironmentName
    /// For those who come after.
    public var reason: String
    /// Overrules the gate; needs a reason.
    public var force: Bool

    public init(
      candidate: String, environment: EnvironmentName, reason: String = "", force: Bool = false
    ) {
      self.candidate = candidate
      self.environment = environment
      self.reason = reason
      self.force = force
    }
  }

  private let workspace: Workspace
  private let registry: Registry

  public init(workspace: Workspace, registry: Registry) {
    self.workspace = workspace
    self.registry = registry
  }

  /// Promotes, or leaves everything as it was and says why.
  ///
  /// - Throws: `DeploymentError`, `RegistryError`, `LifecycleError`.
  public func run(_ request: Request) async throws -> PointerMove {
    guard !request.force || !request.reason.isEmpty else {
      throw DeploymentError.forceWithoutReason
    }
    try refuseMistyped(request.environment)
    let composer = ReleaseComposer(registry: registry)
    let candidate = try composer.candidate(request.candidate, for: request.environment)
    let current = try registry.currentGeneration(of: request.environment)
    if let current, current.release == candidate.digest {
      throw DeploymentError.alreadyServed(
        release: candidate.label, environment: request.environment.description,
        generation: current.number)
    }
    let policy = workspace.configuration.policy(of: request.environment)
    var evidence: Digest?
    if !request.force {
      evidence = try EvidenceGate(
        registry: registry, suites: try policy.suites.map { try Reference($0) }
      ).evidence(
        for: candidate.digest, label: candidate.label, environment: request.environment,
        current: current)
    }
    let release = try composer.register(candidate)
    return try await PointerMover(workspace: workspace, registry: registry).move(
      GenerationDraft(
        environment: request.environment, release: release.digest, named: release.name,
        expectedParent: current?.number, action: .promote, reason: request.reason,
        evidence: evidence, forced: request.force),
      to: release, from: current)
  }
}

extension Promote {
  /// A new environment whose name is nearly that of a known one is a slip of the finger, and it
  /// would have no gate.
  private func refuseMistyped(_ environment: EnvironmentName) throws {
    let known = Set(try registry.environments())
      .union(workspace.configuration.environments.keys).map(\.description)
    guard !known.contains(environment.description),
      let near = Spelling.nearest(to: environment.description, in: known.sorted())
    else { return }
    throw LifecycleError.mistypedEnvironment(environment.description, near: near)
  }
}

/// Moves an environment back to an earlier generation's release, as a new generation.
public struct Rollback: Sendable {
  private let workspace: Workspace
  private let registry: Registry

  public init(workspace: Workspace, registry: Registry) {
    self.workspace = workspace
    self.registry = registry
  }

  /// Rolls back to a generation, or to the newest one whose release differs from the current one
  /// and that was not itself left by a rollback.
  ///
  /// - Throws: `DeploymentError`, `RegistryError`, `LifecycleError`.
  public func run(_ environment: EnvironmentName, to number: Int? = nil, reason: String = "")
    async throws -> PointerMove
  {
    let generations = try registry.generations(of: environment)
    guard let current = generations.first else {
      throw RegistryError.environmentUnknown(
        environment, suggestions: Spelling.near(environment, among: try registry.environments()))
    }
    let target: GenerationRecord
    if let number {
      guard let found = generations.first(where: { $0.number == number }) else {
        throw DeploymentError.noSuchGeneration(
          environment: environment.description, number: number)
      }
      target = found
    } else {
      guard let found = RollbackTarget.choose(from: generations) else {
        throw DeploymentError.nothingToRollBack(
          environment: environment.description, serving: current.number,
          others: generations.filter { $0.release != current.release }.map {
            "\($0.number) (\($0.releaseName)@\($0.releaseVersion))"
          })
      }
      target = found
    }
    let release = try registry.resolve(.version(target.releaseName, target.releaseVersion))
    guard current.release != target.release else {
      throw DeploymentError.alreadyServed(
        release: release.label, environment: environment.description, generation: current.number)
    }
    return try await PointerMover(workspace: workspace, registry: registry).move(
      GenerationDraft(
        environment: environment, release: target.release, named: target.releaseName,
        expectedParent: current.number,
        action: .rollback,
        reason: reason.isEmpty ? "back to generation \(target.number)" : reason,
        evidence: target.evidence),
      to: release, from: current)
  }
}
