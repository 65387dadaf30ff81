import MLOpsCore
import Synchronization

/// One request's hold on the release it began with: the model is not freed before the lease ends.
public final class Lease: Sendable {
  public let live: LiveRelease
  private let isHeld = Mutex(true)

  /// Takes over one count of `live.resident`.
  init(of live: LiveRelease) { self.live = live }

  /// Gives the release back; further calls do nothing.
  ///
  /// Call it in a `defer` around the whole use: that alone keeps the lease alive until then, as
  /// Swift may otherwise drop the object after its last mention.
  public func end() {
    let wasHeld = isHeld.withLock { isHeld in
      defer { isHeld = false }
      return isHeld
    }
    if wasHeld { live.resident.end() }
  }

  deinit { end() }
}
