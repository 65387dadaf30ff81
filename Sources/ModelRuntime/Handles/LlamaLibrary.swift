internal import CLlama
import Foundation
import Synchronization

/// libllama as a whole: begun once, at the first use, and silent.
enum LlamaLibrary {
  /// Begins the library; later calls cost nothing. Never called for `--version` or the catalog.
  static func begin() { _ = begun }

  private static let begun: Bool = {
    // Set before the backends begin, which would write to standard error.
    llama_log_set(
      { level, text, _ in
        guard let text else { return }
        if level == GGML_LOG_LEVEL_INFO { return LlamaLibrary.tell(text) }
        guard level == GGML_LOG_LEVEL_ERROR || level == GGML_LOG_LEVEL_WARN else { return }
        LlamaLibrary.record(String(cString: text), isError: level == GGML_LOG_LEVEL_ERROR)
      }, nil)
    llama_backend_init()
    return true
  }()

  private struct Line {
    let thread: UInt
    let text: String
  }

  /// The newest errors, oldest first.
  private static let lines = Mutex<[Line]>([])

  private static func record(_ text: String, isError: Bool) {
    let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard isError, !trimmed.isEmpty else { return }
    let line = Line(thread: thread, text: trimmed)
    lines.withLock { lines in
      lines.append(line)
      if lines.count > 64 { lines.removeFirst() }
    }
  }

  /// Who listens to what libllama says of its work, by the thread that works.
  private static let listeners = Mutex<[UInt: @Sendable (String) -> Void]>([:])

  private static func tell(_ text: UnsafePointer<CChar>) {
    guard let listener = listeners.withLock({ $0.isEmpty ? nil : $0[thread] }) else { return }
    listener(String(cString: text))
  }

  /// Runs `body` on this thread; `listener` is told each remark that libllama makes meanwhile.
  static func listening<Value>(
    _ listener: @escaping @Sendable (String) -> Void, to body: () -> Value
  )
    -> Value
  {
    let own = thread
    listeners.withLock { $0[own] = listener }
    defer { listeners.withLock { $0[own] = nil } }
    return body()
  }

  private static var thread: UInt { UInt(bitPattern: pthread_self().hashValue) }

  /// Runs `body` on this thread and returns what libllama said in error meanwhile, on one line.
  static func lastWords<Value>(of body: () -> Value) -> (value: Value, words: String) {
    let own = thread
    lines.withLock { $0.removeAll { $0.thread == own } }
    let value = body()
    let said = lines.withLock { lines in lines.filter { $0.thread == own }.map(\.text) }
    return (value, said.isEmpty ? "it gave no reason" : said.suffix(3).joined(separator: "; "))
  }
}
