import Foundation
import Testing

/// Files that options name, by `validate --junit`.
@Suite struct OutputFileTests {
  private func withRows(_ body: (Program) throws -> Void) throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("{\"a\":1}\n", to: "rows.ndjson")
    try program.write("{\"type\":\"object\"}", to: "schema.json")
    try body(program)
  }

  private func validate(_ program: Program, _ target: String) throws -> Program.Outcome {
    try program.run("validate", "rows.ndjson", "--schema", "schema.json", "--junit", target)
  }

  private func text(_ program: Program, _ name: String) throws -> String {
    try String(contentsOf: program.folder.appendingPathComponent(name), encoding: .utf8)
  }

  private func isLink(_ program: Program, _ name: String) -> Bool {
    let path = program.folder.appendingPathComponent(name).path
    return (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
  }

  @Test("a link is followed, be there a file at its end or not; a file keeps its permissions")
  func links() throws {
    try withRows { program in
      let manager = FileManager.default
      func link(_ name: String, _ target: String) throws {
        try manager.createSymbolicLink(
          atPath: program.folder.appendingPathComponent(name).path, withDestinationPath: target)
      }
      try program.write("old", to: "there/old.xml")
      let old = program.folder.appendingPathComponent("there/old.xml").path
      try manager.setAttributes([.posixPermissions: 0o640], ofItemAtPath: old)
      try link("known", "there/old.xml")
      try link("first", "second")
      try link("second", "there/new.xml")
      for (name, target) in [("known", "there/old.xml"), ("first", "there/new.xml")] {
        let outcome = try validate(program, name)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(isLink(program, name))
        #expect(try text(program, target).contains("<testsuite"))
      }
      #expect(isLink(program, "second"))
      let mode = try manager.attributesOfItem(atPath: old)[.posixPermissions] as? Int
      #expect(mode == 0o640)
      let left = try manager.contentsOfDirectory(
        atPath: program.folder.appendingPathComponent("there").path)
      #expect(left.sorted() == ["new.xml", "old.xml"])
      try link("round", "round")
      let refused = try validate(program, "round")
      #expect(refused.code != 0 && refused.errors.contains("'round'"), "\(refused.errors)")
    }
  }

  @Test("a pipe is written to, not replaced")
  func pipe() throws {
    try withRows { program in
      let pipe = program.folder.appendingPathComponent("pipe").path
      #expect(mkfifo(pipe, 0o600) == 0)
      let reader = Process()
      reader.executableURL = URL(fileURLWithPath: "/bin/sh")
      // Reads as long as somebody may still write, and no longer than a while.
      reader.arguments = ["-c", "exec timeout 60 cat \"$0\" > \"$1\"", pipe, "\(pipe).read"]
      try reader.run()
      let outcome = try validate(program, "pipe")
      var status = stat()
      #expect(lstat(pipe, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
      if status.st_mode & S_IFMT != S_IFIFO { reader.terminate() }
      reader.waitUntilExit()
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(try text(program, "pipe.read").contains("<testsuite"))
    }
  }

  @Test("the program's own output gets the report and the result; a folder is refused by name")
  func others() throws {
    try withRows { program in
      let outcome = try validate(program, "/dev/stdout")
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.output.hasPrefix("<?xml") && outcome.output.contains("</testsuite"))
      #expect(outcome.output.contains("rows.ndjson"))
      #expect(!outcome.output.hasSuffix("</testsuites>\n"))
      try program.write("", to: "folder/x")
      let refused = try validate(program, "folder")
      #expect(refused.code != 0 && refused.errors.contains("'folder' could not be written"))
      let missing = try validate(program, "not/there.xml")
      #expect(missing.code == 64 && missing.errors.contains("is not there or not writable"))
    }
  }
}
