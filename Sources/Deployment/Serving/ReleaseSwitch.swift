public import MLOpsCore
import Synchronization

/// Decides which release answers: loads the next one beside it, swaps them in one step, and frees
/// the old one after its last request.
///
/// ```
/// prepare ──► prepared ──activate──► serving ──activate(next)──► previous ──► draining ──► freed
/// ```
///
/// `acquire` and the swap take the same lock, held for a few instructions; so a request gets either
/// the old release or the new one, whole, and none waits for a load.
public final class ReleaseSwitch: Sendable {
  public let environment: EnvironmentName
  /// How many releases that served before stay in memory, so that a rollback need not load: 0 or more.
  public let keptPrevious: Int
  private let loader: ReleaseLoader
  private let state = Mutex(State())

  public init(
    environment: EnvironmentName, keptPrevious: Int = 1, loader: @escaping ReleaseLoader
  ) {
    self.environment = environment
    self.keptPrevious = keptPrevious
    self.loader = loader
  }

  // MARK: Requests

  /// What serves now; nil where nothing was activated yet.
  public var serving: ServedGeneration? { state.withLock { $0.serving } }

  /// Takes the release that serves now, for one request.
  ///
  /// - Throws: `ServingError` with code `deployment.nothing_served` or `deployment.closed`.
  public func acquire() throws(ServingError) -> Lease {
    let live = try state.withLock { state throws(ServingError) -> LiveRelease in
      switch state.phase {
      case .empty: throw .nothingServed(environment)
      case .closed: throw .closed(environment)
      case .serving(let live):
        // Retiring happens under this lock and after leaving `.serving`, so this begins always.
        guard live.resident.begin() else { throw .nothingServed(environment) }
        return live
      }
    }
    return Lease(of: live)
  }

  // MARK: Swaps

  /// Loads a release beside the one that serves, and rehearses it; at once where it is in memory.
  ///
  /// At most one release waits for its activation: preparing another one frees it.
  ///
  /// - Throws: what the loader throws; `ServingError` with code `deployment.canary_failed` or
  ///   `deployment.closed`. The release that serves is not touched.
  public func prepare(_ digest: Digest) async throws {
    while true {
      switch state.withLock({ $0.claim(digest) { load(digest) } }) {
      case .closed: throw ServingError.closed(environment)
      case .resident: return
      case .loading(digest, let task): return try await task.value
      case .loading(_, let other): _ = await other.result
      }
    }
  }

  /// Lets a prepared release answer from now on; requests in flight stay with theirs.
  ///
  /// A generation that is not newer than the one that serves changes nothing, so that whoever
  /// notices a promotion first, the one who is late does no harm.
  ///
  /// - Returns: whether anything changed.
  /// - Throws: `ServingError` with code `deployment.not_prepared` or `deployment.closed`.
  @discardableResult
  public func activate(_ generation: ServedGeneration) throws(ServingError) -> Bool {
    let retired = try state.withLock { state throws(ServingError) -> [ResidentRelease]? in
      try state.activate(generation, of: environment, keeping: keptPrevious)
    }
    for resident in retired ?? [] { resident.retire() }
    return retired != nil
  }

  /// Frees the releases that do not serve: those kept for a quick rollback, and a prepared one.
  public func dropSpares() async {
    let dropped = state.withLock { $0.dropSpares() }
    for resident in dropped { resident.retire() }
    for resident in dropped { await resident.freed() }
  }

  /// Takes no more requests, and returns when the last one has ended and all models are freed.
  public func close() async {
    let (residents, loading) = state.withLock { $0.close() }
    loading?.cancel()
    for resident in residents { resident.retire() }
    _ = await loading?.result
    for resident in residents { await resident.freed() }
  }

  /// What the server does now.
  public var status: ServingStatus { state.withLock { $0.status(of: environment) } }

  // MARK: Loading

  private func load(_ digest: Digest) -> Task<Void, any Error> {
    Task.detached {
      do {
        let resident = ResidentRelease(try await self.loadAndRehearse(digest))
        let unwanted = self.state.withLock { $0.finishLoading(resident) }
        unwanted?.retire()
        await unwanted?.freed()
      } catch {
        self.state.withLock { $0.failLoading() }
        throw error
      }
    }
  }

  private func loadAndRehearse(_ digest: Digest) async throws -> PreparedRelease {
    let prepared = try await loadMakingRoom(digest)
    do {
      try await prepared.rehearse()
      return prepared
    } catch {
      await prepared.model.shutdown()
      throw error
    }
  }

  /// Where memory is short, the new release is worth more than a quick rollback.
  private func loadMakingRoom(_ digest: Digest) async throws -> PreparedRelease {
    do {
      return try await loader(digest)
    } catch let failure as any Failure where failure.kind == .exhausted {
      guard state.withLock({ $0.hasSpares }) else { throw failure }
      await dropSpares()
      return try await loader(digest)
    }
  }
}
