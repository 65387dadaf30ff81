import Foundation
import JSON
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A store that can be read and not written.
@Suite struct ReadOnlyTests {
  /// Runs `mlops` where the program's folder cannot be written: with a read-only mount in a
  /// namespace of its own for root, who may write everywhere else, without the right to write for
  /// anybody else.
  private func runReadOnly(_ program: Program, _ arguments: [String]) throws -> Program.Outcome {
    try readOnly(program, [Program.executable.path] + arguments)
  }

  private func readOnly(_ program: Program, _ words: [String]) throws -> Program.Outcome {
    let store = program.folder.path + "/registry/store"
    guard geteuid() == 0 else {
      _ = try command(program, ["chmod", "-R", "a-w", store])
      defer { _ = try? command(program, ["chmod", "-R", "u+w", store]) }
      return try command(program, words)
    }
    let script = """
      mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"
      """
    return try command(program, ["unshare", "--mount", "sh", "-c", script, store] + words)
  }

  private func command(_ program: Program, _ words: [String]) throws -> Program.Outcome {
    try program.run(executable: URL(fileURLWithPath: "/usr/bin/env"), words)
  }

  /// Whether this machine can make a folder read-only at all; `mlops` has no part in the answer, or
  /// a broken one would skip its own test.
  private func canMount(_ program: Program) throws -> Bool {
    let file = program.folder.path + "/registry/store/probe"
    return try readOnly(program, ["true"]).code == 0
      && readOnly(program, ["touch", file]).code != 0
  }

  @Test("reading commands work, and writing ones say why they cannot")
  func readOnly() throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("init").code == 0)
    guard try canMount(program) else {
      print("skipped: this machine allows no read-only mount")
      return
    }
    try program.write("{\"a\":1}\n", to: "rows.ndjson")
    #expect(try program.run("add", "rows.ndjson", "--alias", "champion").code == 0)
    // Large enough to be compressed.
    let many = (0..<500).map { "{\"a\":\($0)}" }.joined(separator: "\n")
    try program.write(many, to: "many.ndjson")
    #expect(try program.run("dedup", "./many.ndjson", "--exact", "--out", "many").code == 0)
    for arguments in [
      ["list"], ["show", "rows@champion"], ["log"], ["lineage", "rows"], ["status"],
      ["search", "rows"], ["verify"], ["show", "many", "--profile"], ["gc", "--dry-run"],
      ["show", "./rows.ndjson"],
    ] {
      let outcome = try runReadOnly(program, arguments)
      #expect(outcome.code == 0, "\(arguments): \(outcome.output)\(outcome.errors)")
    }
    try program.write("{\"a\":2}\n", to: "other.ndjson")
    for arguments in [
      ["add", "other.ndjson"], ["alias", "rows", "x"], ["gc"], ["repair"],
      ["show", "./other.ndjson"],
    ] {
      let outcome = try runReadOnly(program, arguments)
      #expect(outcome.code == 1, "\(arguments)")
      #expect(outcome.errors.contains("registry.read_only"), "\(arguments): \(outcome.errors)")
    }
  }
}
