import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Program {
  /// The folder of the store.
  var store: String { folder.path + "/registry/store" }

  /// Runs `mlops` where a folder cannot be written: with a read-only mount in a namespace of its own
  /// for root, who may write everywhere else, without the right to write for anybody else.
  func runReadOnly(_ folder: String, _ arguments: [String]) throws -> Outcome {
    try readOnly(folder, [Program.executable.path] + arguments)
  }

  /// Whether this machine can make a folder read-only at all; `mlops` has no part in the answer, or
  /// a broken one would skip its own test.
  func canMountReadOnly(_ folder: String) throws -> Bool {
    try readOnly(folder, ["true"]).code == 0
      && readOnly(folder, ["touch", folder + "/probe"]).code != 0
  }

  private func readOnly(_ folder: String, _ words: [String]) throws -> Outcome {
    guard geteuid() == 0 else {
      _ = try command(["chmod", "-R", "a-w", folder])
      defer { _ = try? command(["chmod", "-R", "u+w", folder]) }
      return try command(words)
    }
    let script = """
      mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"
      """
    return try command(["unshare", "--mount", "sh", "-c", script, folder] + words)
  }

  private func command(_ words: [String]) throws -> Outcome {
    try run(executable: URL(fileURLWithPath: "/usr/bin/env"), words)
  }
}
