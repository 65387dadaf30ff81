public import MLOpsCore

/// What an environment points at: the newest generation and its release.
public struct ServedGeneration: Sendable, Hashable {
  /// From 1, in the order of promotions and rollbacks.
  public let number: Int
  public let release: Digest

  public init(number: Int, release: Digest) {
    self.number = number
    self.release = release
  }
}

/// Says what an environment points at now; nil where nothing was promoted yet.
///
/// Cheap enough to be asked twice a second. May block: it is never called on the cooperative pool.
public typealias GenerationSource = @Sendable () throws -> ServedGeneration?

/// Loads a release, verified, beside the one that serves.
public typealias ReleaseLoader = @Sendable (Digest) async throws -> PreparedRelease
