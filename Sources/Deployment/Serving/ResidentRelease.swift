import MLOpsCore
import Synchronization

/// A release in memory: counts the requests that use it and frees its model after the last one.
final class ResidentRelease: Sendable {
  let prepared: PreparedRelease

  private enum Phase {
    /// In use, or kept for use.
    case open(inFlight: Int)
    /// No new requests; freed when the last one ends.
    case draining(inFlight: Int, waiting: [CheckedContinuation<Void, Never>])
    case freeing(Task<Void, Never>)
  }

  private let phase = Mutex(Phase.open(inFlight: 0))

  init(_ prepared: PreparedRelease) { self.prepared = prepared }

  var digest: Digest { prepared.digest }

  /// The requests that use it now.
  var inFlight: Int {
    phase.withLock { phase in
      switch phase {
      case .open(let count), .draining(let count, _): count
      case .freeing: 0
      }
    }
  }

  /// Whether the model is being freed or is gone.
  var isFreed: Bool { phase.withLock { if case .freeing = $0 { true } else { false } } }

  /// Counts one more request; false once the release is retired.
  func begin() -> Bool {
    phase.withLock { phase in
      guard case .open(let count) = phase else { return false }
      phase = .open(inFlight: count + 1)
      return true
    }
  }

  /// Counts one request less.
  func end() {
    let waiting = phase.withLock { phase -> [CheckedContinuation<Void, Never>] in
      switch phase {
      case .open(let count): phase = .open(inFlight: count - 1)
      case .draining(1, let waiting):
        phase = .freeing(free())
        return waiting
      case .draining(let count, let waiting):
        phase = .draining(inFlight: count - 1, waiting: waiting)
      case .freeing: break
      }
      return []
    }
    for continuation in waiting { continuation.resume() }
  }

  /// Lets no new request begin; the model is freed as soon as none is in flight.
  func retire() {
    phase.withLock { phase in
      guard case .open(let count) = phase else { return }
      phase = count == 0 ? .freeing(free()) : .draining(inFlight: count, waiting: [])
    }
  }

  /// Returns when the model, which has to be retired before, is gone.
  func freed() async {
    await withCheckedContinuation { continuation in
      let mayGoOn = phase.withLock { phase in
        guard case .draining(let count, let waiting) = phase else { return true }
        phase = .draining(inFlight: count, waiting: waiting + [continuation])
        return false
      }
      if mayGoOn { continuation.resume() }
    }
    let freeing = phase.withLock { phase -> Task<Void, Never>? in
      if case .freeing(let task) = phase { task } else { nil }
    }
    await freeing?.value
  }

  private func free() -> Task<Void, Never> {
    let model = prepared.model
    return Task.detached { await model.shutdown() }
  }
}
