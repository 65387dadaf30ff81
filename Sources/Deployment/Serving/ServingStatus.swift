public import MLOpsCore

/// What a server does at one moment.
public struct ServingStatus: Sendable, Hashable {
  /// A release in memory.
  public struct Resident: Sendable, Hashable {
    public enum Role: String, Sendable {
      /// Answers new requests.
      case serving
      /// Loaded, rehearsed and not activated yet.
      case prepared
      /// Served before, and kept for a quick rollback.
      case previous
      /// Finishes its last requests.
      case draining
    }

    public let release: Digest
    public let role: Role
    /// Requests that it answers now.
    public let inFlight: Int
  }

  public let environment: EnvironmentName
  /// Nil where nothing serves yet.
  public let serving: ServedGeneration?
  public let residents: [Resident]
  /// How often another release took over since the start.
  public let swaps: Int
  /// The release that is being loaded.
  public let loading: Digest?

  /// Requests that are answered now, by any release.
  public var inFlight: Int { residents.reduce(0) { $0 + $1.inFlight } }
}
