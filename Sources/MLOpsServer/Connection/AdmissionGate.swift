import Synchronization

/// Lets so many requests in at a time; the next one is told to come back, which is kinder than a
/// queue that nobody sees the end of.
final class AdmissionGate: Sendable {
  let limit: Int
  private let inside = Atomic(0)

  init(limit: Int) { self.limit = limit }

  /// - Throws: `ServerError` with code `server.busy`.
  func enter() throws(ServerError) {
    let count = inside.add(1, ordering: .relaxed).newValue
    if count > limit {
      leave()
      throw .busy(inFlight: limit)
    }
  }

  func leave() { inside.subtract(1, ordering: .relaxed) }
}
