import Foundation

/// When a process began, so that a reused process number is told apart.
public enum ProcessStart {
  /// In clock ticks since the machine started; 0 where the system does not say.
  public static func of(_ process: Int32) -> Int64 {
    #if os(Linux)
      guard let data = FileManager.default.contents(atPath: "/proc/\(process)/stat") else {
        return 0
      }
      // The second field is the program's name in parentheses and may hold anything.
      let afterName = String(decoding: data, as: UTF8.self).split(separator: ")").last ?? ""
      let fields = afterName.split(separator: " ")
      return fields.count > 19 ? Int64(fields[19]) ?? 0 : 0
    #else
      return 0
    #endif
  }
}
