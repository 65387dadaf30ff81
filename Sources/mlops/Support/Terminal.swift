import Foundation
import JSON
import MLOpsCore

/// Where a command's results and notes go: results to stdout, everything else to stderr.
struct Terminal: Sendable {
  /// Whether results are JSON.
  let json: Bool
  /// Whether stdout takes colour.
  let isColoured: Bool

  init(json: Bool, environment: [String: String] = ProcessInfo.processInfo.environment) {
    self.json = json
    isColoured = !json && isatty(STDOUT_FILENO) == 1 && environment["NO_COLOR"] == nil
  }

  /// Prints the result: the object with `--json`, else the text.
  func result(_ object: @autoclosure () -> JSONValue, text: @autoclosure () -> String) {
    Terminal.write(json ? object().pretty : text(), to: STDOUT_FILENO)
  }

  /// Prints a line for people; not with `--json`.
  func say(_ text: String) {
    if !json { Terminal.write(text, to: STDOUT_FILENO) }
  }

  /// Prints a remark to stderr.
  func note(_ text: String) { Terminal.write(text, to: STDERR_FILENO) }

  /// Emphasis on a terminal.
  func bold(_ text: String) -> String { style("1", text) }
  /// Less important text on a terminal.
  func dim(_ text: String) -> String { style("2", text) }
  /// Success on a terminal.
  func green(_ text: String) -> String { style("32", text) }
  /// Failure on a terminal.
  func red(_ text: String) -> String { style("31", text) }

  private func style(_ code: String, _ text: String) -> String {
    isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  /// Writes a line whole, as stdout and stderr may be shared with other processes.
  static func write(_ text: String, to descriptor: Int32) {
    put(text.utf8.last == 0x0A ? text : text + "\n", to: descriptor)
  }

  /// Draws on stderr, without a line's end.
  static func draw(_ text: String) { put(text, to: STDERR_FILENO) }

  /// Writes a piece of a text whose end comes later.
  static func put(_ text: String, to descriptor: Int32) {
    let bytes = Array(text.utf8)
    var offset = 0
    while offset < bytes.count {
      let written = bytes[offset...].withUnsafeBytes {
        Foundation.write(descriptor, $0.baseAddress, $0.count)
      }
      guard written > 0 || errno == EINTR else {
        if errno == EPIPE, Interrupt.readerIsGone() { return }
        // A result that did not arrive is no success: a script would go on with half of it.
        if descriptor == STDOUT_FILENO {
          write(
            "error: cannot write the result: \(String(cString: strerror(errno)))", to: STDERR_FILENO
          )
          Foundation.exit(1)
        }
        return
      }
      offset += max(written, 0)
    }
  }
}
