import Foundation
import JSON
import Testing

/// `mlops validate` over several files, as a gate of CI runs it.
@Suite struct ValidateCommandTests {
  private func withFiles(_ body: (Program) throws -> Void) throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(#"{"properties": {"a": {"type": "integer"}}}"#, to: "schema.json")
    try program.write("{\"a\": 1}\n", to: "good.ndjson")
    try program.write("{\"a\": \"x\"}\n{\"a\": 2}\n", to: "bad.ndjson")
    try body(program)
  }

  private func validate(_ program: Program, _ arguments: String...) throws -> Program.Outcome {
    try program.run(["validate", "--schema", "schema.json"] + arguments)
  }

  @Test(
    "a file that cannot be read is told, the others are checked, and the exit code is the worst")
  func unreadable() throws {
    try withFiles { program in
      let text = try validate(program, "bad.ndjson", "missing.ndjson", "good.ndjson")
      #expect(text.code == 1)
      #expect(
        text.output.split(separator: "\n").suffix(3) == [
          "bad.ndjson: 1 of 2 rows invalid, 1 violation in 1 group",
          "missing.ndjson: not checked, since it could not be read",
          "good.ndjson: 1 row, all valid",
        ], "\(text.output)")
      #expect(text.errors.contains("error: 'missing.ndjson' could not be opened"), "\(text.errors)")
      let json = try validate(program, "bad.ndjson", "missing.ndjson", "--json")
      #expect(json.code == 1 && json.errors.isEmpty, "\(json.errors)")
      let files = try json.json["files"]?.array
      #expect(try json.json["valid"] == false && files?.count == 2)
      #expect(files?.first?["violation_count"] == 1)
      #expect(files?.last?["error"]?["code"] == "datasets.file_failed")
      let report = try validate(program, "missing.ndjson", "bad.ndjson", "--junit", "out.xml")
      #expect(report.code == 1)
      let xml = try String(
        contentsOf: program.folder.appendingPathComponent("out.xml"), encoding: .utf8)
      #expect(xml.contains("<error message=\"'missing.ndjson'") && xml.contains("<failure "))
      let rows = try validate(program, "missing.ndjson", "bad.ndjson", "--output", "flag")
      #expect(rows.code == 1 && rows.output.split(separator: "\n").count == 2)
      #expect(rows.errors.contains("missing.ndjson"))
      // Alone it is an error like any other.
      let alone = try validate(program, "missing.ndjson", "--json")
      #expect(try alone.code == 1 && alone.json["error"]?["code"] == "datasets.file_failed")
    }
  }

  @Test("damaged data among good files is no worse than invalid rows")
  func damaged() throws {
    try withFiles { program in
      let bytes: [UInt8] = [0xFF, 0xFE] + Array("{}\n".utf8).flatMap { [$0, 0] }
      try Data(bytes).write(to: program.folder.appendingPathComponent("wide.ndjson"))
      let outcome = try validate(program, "wide.ndjson", "bad.ndjson")
      #expect(outcome.code == 65)
      #expect(outcome.output.contains("wide.ndjson: not checked"))
      #expect(outcome.errors.contains("iconv -f UTF-16 -t UTF-8"), "\(outcome.errors)")
      #expect(outcome.output.contains("bad.ndjson: 1 of 2 rows invalid"))
    }
  }

  @Test("the help says how rows may lie in a file, and which exit codes there are")
  func help() throws {
    try withFiles { program in
      let help = try program.run("validate", "--help").output
      for words in ["--shape", "array (the elements of one JSON array)", "sep=;", "65 invalid"] {
        #expect(
          help.replacing("\n", with: " ").replacing("  ", with: " ").contains(words), "\(words)")
      }
    }
  }

  @Test("a report never takes the place of what is read", arguments: ["--junit"])
  func sparing(option: String) throws {
    try withFiles { program in
      let folder = program.folder
      try FileManager.default.createSymbolicLink(
        at: folder.appendingPathComponent("link.ndjson"),
        withDestinationURL: folder.appendingPathComponent("good.ndjson"))
      for target in ["good.ndjson", "./good.ndjson", "link.ndjson", "schema.json"] {
        let outcome = try validate(program, "bad.ndjson", "good.ndjson", option, target)
        #expect(
          outcome.code == 64 && outcome.errors.contains("is read by this command"), "\(target)")
      }
      #expect(
        try String(contentsOf: folder.appendingPathComponent("good.ndjson"), encoding: .utf8)
          == "{\"a\": 1}\n")
      // A report of an earlier run may go.
      for _ in 0..<2 { #expect(try validate(program, "good.ndjson", option, "out.xml").code == 0) }
    }
  }

  @Test("a gate of CI has a report of what could not be done, instead of an earlier one")
  func gates() throws {
    try withFiles { program in
      func report() throws -> String {
        try String(contentsOf: program.folder.appendingPathComponent("out.xml"), encoding: .utf8)
      }
      #expect(try validate(program, "good.ndjson", "--junit", "out.xml").code == 0)
      #expect(try report().contains("errors=\"0\""))
      let alone = try validate(program, "missing.ndjson", "--junit", "out.xml", "--github")
      #expect(
        alone.code == 1 && alone.errors.contains("error: 'missing.ndjson' could not be opened"))
      #expect(alone.output.hasPrefix("::error file=missing.ndjson::'missing.ndjson' could not"))
      #expect(try report().contains("<error message=\"'missing.ndjson' could not be opened"))
      try program.write("{\"type\": \"strin\"}", to: "wrong.json")
      let schema = try program.run(
        "validate", "good.ndjson", "--schema", "wrong.json", "--junit", "out.xml", "--github")
      #expect(schema.code == 65 && schema.output.hasPrefix("::error file=wrong.json::"))
      #expect(schema.errors.contains("did you mean \"string\"?\n"), "\(schema.errors)")
      #expect(try report().contains("<testsuite name=\"wrong.json\""))
      let json = try validate(program, "missing.ndjson", "--junit", "out.xml", "--json")
      #expect(try json.code == 1 && json.json["error"]?["code"] == "datasets.file_failed")
    }
  }

  @Test("two ways to print are one too many")
  func twoForms() throws {
    try withFiles { program in
      let outcome = try validate(program, "good.ndjson", "--json", "--github")
      #expect(outcome.code == 64)
    }
  }

  @Test("a program that found nothing writes no rows, and that is valid")
  func emptyInput() throws {
    try withFiles { program in
      try program.write("", to: "empty.json")
      let file = try validate(program, "empty.json", "/dev/null")
      #expect(file.code == 0 && file.output.contains("hint: the file is empty"), "\(file.output)")
    }
  }
}
