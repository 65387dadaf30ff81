import Deployment
import Foundation
public import JSON
public import MLOpsCore
public import ModelRegistry

/// What a promotion or rollback did.
public struct PointerMove: Sendable {
  /// The new generation.
  public let generation: GenerationRecord
  /// What it points at.
  public let release: VersionRecord
  /// What the one before pointed at.
  public let previous: Digest?
  /// Seconds from the decision to the committed pointer, the server's loading aside.
  public let commitSeconds: Double
  /// How the server took it; nil where none was running.
  public let server: ServerSwap?

  /// How a running server took a release.
  public struct ServerSwap: Sendable {
    /// Seconds to load and warm up the release beside the old one.
    public let prepareSeconds: Double
    /// Seconds until the server answered with the new release.
    public let swapSeconds: Double
  }

  /// The documented object.
  public var json: JSONValue {
    var object: [String: JSONValue] = [
      "environment": .string(generation.environment.description),
      "generation": .integer(generation.number),
      "action": .string(generation.action.rawValue),
      "release": .string(release.label),
      "digest": .string(release.digest.description),
      "forced": .bool(generation.forced),
      "reason": .string(generation.reason),
      "commit_ms": .double((commitSeconds * 1e5).rounded() / 100),
    ]
    if let previous { object["previous"] = .string(previous.description) }
    if let evidence = generation.evidence { object["evidence"] = .string(evidence.description) }
    if let server {
      object["server"] = [
        "prepare_ms": .double((server.prepareSeconds * 1e4).rounded() / 10),
        "swap_ms": .double((server.swapSeconds * 1e4).rounded() / 10),
      ]
    }
    return .object(object)
  }
}

/// The common end of promotion and rollback: verify, prepare, commit, swap.
struct PointerMover: Sendable {
  let workspace: Workspace
  let registry: Registry

  func move(
    _ draft: GenerationDraft, to release: VersionRecord, from current: GenerationRecord?
  ) async throws -> PointerMove {
    // Every blob must be there before anything points at it.
    try ReleaseBlobs.check(release, in: registry)
    let server = try ServerSeat.occupant(of: draft.environment, inStore: workspace.store).map {
      ControlClient($0)
    }
    // A server checks the bytes when it loads them; without one nobody else would.
    if server == nil { try ReleaseFiles(release, in: registry).verify() }
    var prepareSeconds = 0.0
    if let server {
      let started = ContinuousClock.now
      _ = try await server.prepare(release.digest)
      prepareSeconds = Stopwatch.seconds(since: started)
    }
    let committing = ContinuousClock.now
    let generation = try registry.appendGeneration(draft)
    let commitSeconds = Stopwatch.seconds(since: committing)
    var swap: PointerMove.ServerSwap?
    if let server {
      let started = ContinuousClock.now
      // The pointer has moved: a server that misses this nudge sees it by itself a moment later.
      _ = try? await server.sync()
      swap = PointerMove.ServerSwap(
        prepareSeconds: prepareSeconds, swapSeconds: Stopwatch.seconds(since: started))
    }
    return PointerMove(
      generation: generation, release: release, previous: current?.release,
      commitSeconds: commitSeconds, server: swap)
  }
}

/// Checks that a release could be loaded at all.
enum ReleaseBlobs {
  /// - Throws: `RegistryError` (`registry.blob_missing`), `DeploymentError`
  ///   (`deployment.part_missing`).
  static func check(_ release: VersionRecord, in registry: Registry) throws {
    let specification = try ReleaseSpecification(release)
    for ingredient in specification.ingredients {
      guard let part = try registry.version(digest: ingredient.digest) else {
        throw DeploymentError.partMissing(role: ingredient.role, digest: ingredient.digest)
      }
      for file in part.manifest.files { _ = try registry.stored(file) }
    }
  }
}
