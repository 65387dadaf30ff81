import Dispatch
import MLOpsCore
import Synchronization

/// Hashes bytes while they are read, so that nothing is read twice: on a thread of its own where
/// there is a second core for it, so that the reader pays for a copy only.
///
/// SHA-256 takes about a tenth of the time that ingestion takes for the same bytes; a copy, some
/// hundredths, which one core alone would pay in addition.
final class InputHasher: Sendable {
  private let hasher = Mutex(Digest.Hasher())
  /// Nil where hashing is done at once.
  private let queue: DispatchQueue?
  /// Pieces that may wait: the reader waits where hashing falls behind, so memory stays the same.
  private let room: DispatchSemaphore

  private static let waitingLimit = 8

  /// - Parameter isApart: whether to hash on a thread of its own.
  init(isApart: Bool = Processors.usable > 1) {
    queue = isApart ? DispatchQueue(label: "mlops.input-digest") : nil
    // Dispatch traps when a semaphore dies below the value it began with.
    room = DispatchSemaphore(value: 0)
    for _ in 0..<InputHasher.waitingLimit { room.signal() }
  }

  /// Takes the next bytes; by one thread at a time.
  func add(_ bytes: UnsafeRawBufferPointer) {
    guard let queue else {
      hasher.withLock { $0.update(bytes) }
      return
    }
    let piece = Array(bytes)
    room.wait()
    queue.async { [self] in
      hasher.withLock { $0.update(piece) }
      room.signal()
    }
  }

  /// The digest of everything taken so far.
  func finish() -> Digest {
    queue?.sync {}
    return hasher.withLock { $0.finish() }
  }
}
