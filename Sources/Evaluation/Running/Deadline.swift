/// A point in time at which work is called off.
public struct Deadline: Sendable {
  private let end: ContinuousClock.Instant
  /// How long it was away when it was set.
  public let limit: Duration

  /// - Parameter limit: from now on.
  public init(in limit: Duration) {
    end = ContinuousClock.now + limit
    self.limit = limit
  }

  /// Does some work and says whether it came to its end: at the deadline it is cancelled, and waited for
  /// until it has let go.
  func finishes(_ work: @escaping @Sendable () async throws -> Void) async throws -> Bool {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await work()
        return true
      }
      group.addTask {
        try await Task.sleep(until: end, clock: .continuous)
        return false
      }
      let isFinished = try await group.next() ?? true
      group.cancelAll()
      return isFinished
    }
  }
}
