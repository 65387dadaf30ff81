import Foundation

/// The helper that is built beside the tests: one change of a registry per process.
enum StressProgram {
  static let url = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("RegistryStress")

  static let isBuilt = FileManager.default.isExecutableFile(atPath: url.path)

  /// Runs a shell script where mounts are seen by nobody else.
  ///
  /// - Parameter words: `$0`, `$1` and so on.
  static func inOwnNamespace(_ script: String, _ words: String...) throws -> (
    status: Int32, output: String
  ) {
    try HistoryFixture.run("unshare", ["--mount", "sh", "-c", script] + words)
  }
}
