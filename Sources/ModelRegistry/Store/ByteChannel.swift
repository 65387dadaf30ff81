import Dispatch
import Synchronization

/// A bounded queue of buffers from the thread that reads to the thread that hashes, and back.
///
/// `capacity` buffers circulate, so memory stays the same however long the file is. The reader may
/// go on using a buffer (to write it elsewhere) while the receiver hashes it: both only look at it,
/// and it is filled again only when both have let go.
final class ByteChannel: Sendable {
  /// What the reader sends.
  enum Item: Sendable {
    /// The first `count` bytes of a buffer.
    case bytes([UInt8], count: Int)
    case end
    case failed(RegistryError)
  }

  private let filled = Mutex<[Item]>([])
  private let spare = Mutex<[[UInt8]]>([])
  private let filledCount = DispatchSemaphore(value: 0)
  private let spareCount: DispatchSemaphore
  private let bufferSize: Int

  init(capacity: Int, bufferSize: Int) {
    // Dispatch traps when a semaphore dies below the value it began with.
    spareCount = DispatchSemaphore(value: 0)
    for _ in 0..<capacity { spareCount.signal() }
    self.bufferSize = bufferSize
  }

  /// Waits for a buffer to fill.
  func takeSpare() -> [UInt8] {
    spareCount.wait()
    return spare.withLock { $0.popLast() } ?? [UInt8](repeating: 0, count: bufferSize)
  }

  func giveBack(_ buffer: [UInt8]) {
    spare.withLock { $0.append(buffer) }
    spareCount.signal()
  }

  func send(_ item: Item) {
    filled.withLock { $0.append(item) }
    filledCount.signal()
  }

  /// Waits for the next item.
  func receive() -> Item {
    filledCount.wait()
    return filled.withLock { $0.isEmpty ? .end : $0.removeFirst() }
  }
}
