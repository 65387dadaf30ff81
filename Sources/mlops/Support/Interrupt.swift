import Dispatch
import Foundation
import MLOpsCore
import Synchronization

/// Ctrl-C, SIGTERM and a terminal that goes away cancel the running command, so that it can leave a
/// state to resume from; under `nohup` a terminal may go.
///
/// What does not end by itself (it waits for a pipe that nobody writes to, say) is ended by the
/// second signal, or after some patience.
enum Interrupt {
  /// - Parameters:
  ///   - patience: for a command that ends what it has in hand before it ends itself.
  ///   - outlivesReaders: whether a reader of the command's output that goes away cancels it too,
  ///     rather than ending the process in the midst of its work.
  static func cancelling(
    patience: DispatchTimeInterval = .seconds(20), outlivesReaders: Bool = false,
    _ body: @escaping @Sendable () async throws -> Void
  ) async throws {
    let task = Task { try await body() }
    if outlivesReaders {
      signal(SIGPIPE, SIG_IGN)
      whenReaderGoes.withLock { $0 = { task.cancel() } }
    }
    let isCancelled = Mutex(false)
    let sources = ([SIGINT, SIGTERM] + (isIgnored(SIGHUP) ? [] : [SIGHUP])).map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        let isSecond = isCancelled.withLock { isCancelled in
          defer { isCancelled = true }
          return isCancelled
        }
        if isSecond { exit() }
        task.cancel()
        DispatchQueue.global().asyncAfter(deadline: .now() + patience) { exit() }
      }
      source.resume()
      return source
    }
    defer { for source in sources { source.cancel() } }
    try await task.value
  }

  private static let whenReaderGoes = Mutex<(@Sendable () -> Void)?>(nil)

  /// Cancels a command whose output nobody reads any more; false where that is not its wish.
  static func readerIsGone() -> Bool {
    guard let cancel = whenReaderGoes.withLock({ $0 }) else { return false }
    cancel()
    return true
  }

  /// Whether whoever started the process had it ignore a signal.
  private static func isIgnored(_ number: CInt) -> Bool {
    let before = signal(number, SIG_IGN)
    signal(number, before)
    return unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  private static func exit() -> Never { Foundation.exit(FailureKind.cancelled.exitCode) }
}
