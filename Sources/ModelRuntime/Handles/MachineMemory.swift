import Foundation

/// How much memory this process may still take.
public enum MachineMemory {
  /// Bytes: the least of what the kernel calls available and what the control group leaves; nil where
  /// the system does not say.
  public static var available: Int64? {
    [kernelAvailable, controlGroupLeft].compactMap { $0 }.min()
  }

  /// Bytes of memory that this process has now, mapped files included; nil where the system does
  /// not say.
  public static var resident: Int64? { ownStatus("VmRSS:") }

  /// The most bytes that this process had so far; nil where the system does not say.
  public static var peak: Int64? { ownStatus("VmHWM:") }

  /// Gives memory that was freed back to the system, where that is done only when asked (glibc).
  public static func giveBack() {
    #if os(Linux)
      // Swift's module of glibc does not have it, and other C libraries neither.
      guard let symbol = dlsym(nil, "malloc_trim") else { return }
      _ = unsafeBitCast(symbol, to: (@convention(c) (Int) -> Int32).self)(0)
    #endif
  }

  private static func ownStatus(_ key: String) -> Int64? {
    kilobytes(of: key, in: "/proc/self/status")
  }

  private static var kernelAvailable: Int64? {
    kilobytes(of: "MemAvailable:", in: "/proc/meminfo")
  }

  /// The bytes of a line `key: 12 kB`.
  private static func kilobytes(of key: String, in file: String) -> Int64? {
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix(key) {
      return line.split { $0 == " " || $0 == "\t" }.dropFirst().first.flatMap { Int64($0) }
        .map { $0 << 10 }
    }
    return nil
  }

  /// Control groups version 2, else version 1.
  private static var controlGroupLeft: Int64? {
    let root = "/sys/fs/cgroup"
    let files = [
      ("\(root)/memory.max", "\(root)/memory.current", "\(root)/memory.stat"),
      (
        "\(root)/memory/memory.limit_in_bytes", "\(root)/memory/memory.usage_in_bytes",
        "\(root)/memory/memory.stat"
      ),
    ]
    for (limit, usage, statistics) in files {
      // No limit reads as `max` (version 2) or as a number near 2^63 (version 1).
      guard let limit = number(limit), limit < 1 << 60, let usage = number(usage) else { continue }
      return max(0, limit - usage + reclaimable(statistics))
    }
    return nil
  }

  /// Cached file pages count as used, but give way.
  private static func reclaimable(_ path: String) -> Int64 {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return 0 }
    for line in text.split(separator: "\n") where line.hasPrefix("inactive_file ") {
      return line.split(separator: " ").last.flatMap { Int64($0) } ?? 0
    }
    return 0
  }

  private static func number(_ path: String) -> Int64? {
    (try? String(contentsOfFile: path, encoding: .utf8)).flatMap {
      Int64($0.trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }
}
