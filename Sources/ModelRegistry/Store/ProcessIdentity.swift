import Foundation
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A process, told apart from a later one that was given the same number.
public struct ProcessIdentity: Sendable, Hashable {
  public let pid: Int32
  /// The boot and the clock tick at which the process started; empty where the system does not say.
  public let start: String

  init(pid: Int32, start: String) {
    self.pid = pid
    self.start = start
  }

  /// This process.
  static let current = ProcessIdentity(pid: getpid(), start: startOf(getpid()) ?? "")

  /// Whether the process still runs on this machine.
  public var isAlive: Bool {
    if let start = ProcessIdentity.startOf(pid) { return self.start.isEmpty || start == self.start }
    #if os(Linux)
      return false
    #else
      return kill(pid, 0) == 0
    #endif
  }

  private static func startOf(_ pid: Int32) -> String? {
    #if os(Linux)
      guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
        // The second field is the command in parentheses and may hold spaces; start is the 22nd.
        let end = text.lastIndex(of: ")")
      else { return nil }
      let fields = text[text.index(after: end)...].split(separator: " ")
      guard fields.count > 19, fields[0] != "Z" else { return nil }
      return "\(bootIdentity)/\(fields[19])"
    #else
      return nil
    #endif
  }

  private static let bootIdentity: String =
    (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?
    .trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
}
