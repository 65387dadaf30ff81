import Dispatch
import Synchronization

/// Bytes at an address that the disk can read from directly.
final class PageBuffer: @unchecked Sendable {
  /// Bytes that addresses and lengths of direct writes are a multiple of, on every disk.
  static let alignment = 4096

  // Filled by the thread that reads and then only looked at, by it and by the one that hashes.
  let bytes: UnsafeMutableRawBufferPointer

  init(size: Int) {
    bytes = .allocate(byteCount: size, alignment: PageBuffer.alignment)
  }

  deinit { bytes.deallocate() }

  func prefix(_ count: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[..<count])
  }
}

/// A bounded queue of buffers from the thread that has bytes to the thread that hashes, and back.
///
/// `capacity` buffers circulate, so memory stays the same however long the content is. The sender may
/// go on using a buffer (to write it elsewhere) while the receiver hashes it: both only look at it,
/// and the sender asks for the next one to fill when it is done.
final class ByteChannel: Sendable {
  /// What is sent.
  enum Item: Sendable {
    /// The first `count` bytes of a buffer, for which `read` bytes were read of a file.
    case bytes(PageBuffer, count: Int, read: Int)
    case end
    case failed(RegistryError)
  }

  private let filled = Mutex<[Item]>([])
  private let spare = Mutex<[PageBuffer]>([])
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
  func takeSpare() -> PageBuffer {
    spareCount.wait()
    return spare.withLock { $0.popLast() } ?? PageBuffer(size: bufferSize)
  }

  func giveBack(_ buffer: PageBuffer) {
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
