import Foundation

/// The processors this process may use.
public enum Processors {
  /// How many there are; at least 1. On Linux fewer than the machine has where `taskset` or a
  /// container's set of processors leaves some out: more threads than that take turns.
  public static let usable: Int = {
    let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    return status.flatMap(allowed) ?? max(1, ProcessInfo.processInfo.activeProcessorCount)
  }()

  /// The number of processors that `/proc/PID/status` allows (proc_pid_status(5)): the bits of a mask
  /// in hexadecimal words with commas between them.
  ///
  /// - Returns: nil where it names none.
  static func allowed(_ status: String) -> Int? {
    let name = "Cpus_allowed:"
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name) }) else {
      return nil
    }
    let count = line.dropFirst(name.count).reduce(0) {
      $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0)
    }
    return count > 0 ? count : nil
  }
}
