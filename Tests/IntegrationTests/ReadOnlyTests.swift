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
  @Test("reading commands work, and writing ones say why they cannot")
  func readOnly() throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("init").code == 0)
    guard try program.canMountReadOnly(program.store) else {
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
      let outcome = try program.runReadOnly(program.store, arguments)
      #expect(outcome.code == 0, "\(arguments): \(outcome.output)\(outcome.errors)")
    }
    try program.write("{\"a\":2}\n", to: "other.ndjson")
    for arguments in [
      ["add", "other.ndjson"], ["alias", "rows", "x"], ["gc"], ["repair"],
      ["show", "./other.ndjson"],
    ] {
      let outcome = try program.runReadOnly(program.store, arguments)
      #expect(outcome.code == 1, "\(arguments)")
      #expect(outcome.errors.contains("registry.read_only"), "\(arguments): \(outcome.errors)")
    }
  }
}
