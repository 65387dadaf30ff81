import Foundation
import JSON
import Testing

/// Where ingested rows came from, and where those went that were not taken.
@Suite struct OriginTests {
  private func withRegistry(_ body: (Program) throws -> Void) throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("init").code == 0)
    try program.write("{\"type\":\"object\",\"required\":[\"id\"]}", to: "schema.json")
    try body(program)
  }

  private func sha256(_ file: String, _ program: Program) throws -> String {
    let outcome = try program.run(
      executable: URL(fileURLWithPath: "/usr/bin/env"), ["sha256sum", file])
    #expect(outcome.code == 0)
    return "sha256:" + outcome.output.prefix(64)
  }

  @Test(
    "a dataset tells of its files what they are on the disk, and the way to its quarantine and back"
  )
  func origin() throws {
    try withRegistry { program in
      try program.write("id,text\n1,a\n2,bbbbbb\n", to: "a/x.csv")
      try program.write("{\"id\":3,\"text\":\"cccccc\"}\n{\"text\":\"d\"}\n", to: "b/x.ndjson")
      try program.write("- filter_length: {fields: [/text], min: 3}\n", to: "clean.yaml")
      #expect(
        try program.run(
          executable: URL(fileURLWithPath: "/usr/bin/env"), ["gzip", "-k", "b/x.ndjson"]
        ).code == 0)
      let arguments = [
        "ingest", "a/x.csv", "b/x.ndjson.gz", "--schema", "schema.json", "--name", "d", "--clean",
        "clean.yaml", "--json",
      ]
      let ingested = try program.run(arguments)
      #expect(ingested.code == 0, "\(ingested.errors)")
      let shown = try program.run("show", "d", "--json").json
      let origins = try #require(shown["origins"]?.array)
      #expect(origins.count == 1)
      let inputs = try #require(origins[0]["inputs"]?.array)
      #expect(inputs.map { $0["name"] } == ["a/x.csv", "b/x.ndjson.gz"])
      #expect(inputs.map { $0["rows"] } == [2, 2])
      #expect(inputs[0]["size"] == 21)
      for (input, file) in zip(inputs, ["a/x.csv", "b/x.ndjson.gz"]) {
        #expect(input["digest"]?.string == (try sha256(file, program)))
      }
      #expect(shown["quarantines"] == ["d-quarantine@v1"])
      #expect(shown["metadata"]?["cleaning"]?.array?.count == 1)

      let text = try program.run("show", "d").output
      for part in ["a/x.csv", "b/x.ndjson.gz", "filter_length", "1 invalid, 1 dropped by cleaning"]
      {
        #expect(text.contains(part), "\(text)")
      }
      let lineage = try program.run("lineage", "d").output
      #expect(lineage.contains("file: a/x.csv  2 rows  21 B  sha256:"), "\(lineage)")
      #expect(lineage.contains("└─ quarantine: d-quarantine@v1  (quarantine)"), "\(lineage)")
      let back = try program.run("lineage", "d-quarantine").output
      #expect(back.contains("quarantine_of: d@v1  (dataset)"), "\(back)")
      #expect(back.contains("file: a/x.csv"), "\(back)")

      // The same again: the same versions, and one more run that came to them.
      let again = try program.run(arguments).json
      #expect(try again["digest"] == ingested.json["digest"])
      #expect(again["quarantine"] == "d-quarantine@v1")
      #expect(try program.run("show", "d", "--json").json["origins"]?.array?.count == 2)
      // The same rows under another name have the same digest and other origins.
      #expect(
        try program.run(
          "ingest", "a/x.csv", "b/x.ndjson.gz", "--schema", "schema.json", "--name", "e", "--clean",
          "clean.yaml"
        ).code == 0)
      #expect(try program.run("show", "e", "--json").json["origins"]?.array?.count == 1)
    }
  }

  @Test("what comes through a pipe is hashed as it comes")
  func piped() throws {
    try withRegistry { program in
      try program.write("{\"id\":1}\n", to: "rows.ndjson")
      let script = "cat rows.ndjson | \"$0\" ingest - --schema schema.json --name d"
      let piped = try program.run(
        executable: URL(fileURLWithPath: "/bin/sh"), ["-c", script, Program.executable.path])
      #expect(piped.code == 0, "\(piped.errors)")
      let input = try program.run("show", "d", "--json").json["origins"]?.array?.first?["inputs"]?
        .array?.first
      #expect(input?["name"] == "-")
      #expect(input?["digest"]?.string == (try sha256("rows.ndjson", program)))
    }
  }

  @Test("files of one name are told apart in the quarantine, without the folders around them")
  func equalNames() throws {
    try withRegistry { program in
      try program.write("{\"id\":1}\n{}\n", to: "a/x.ndjson")
      try program.write("{\"id\":2}\n[]\n", to: "b/x.ndjson")
      func files(_ inputs: [String], as name: String) throws -> [String] {
        let ingested = try program.run(
          ["ingest"] + inputs + ["--schema", "schema.json", "--name", name])
        #expect(ingested.code == 0, "\(ingested.errors)")
        let folder = "out-\(name)"
        #expect(try program.run("export", "\(name)-quarantine", folder).code == 0)
        let rows = try String(
          contentsOf: program.folder.appendingPathComponent("\(folder)/rows.ndjson"),
          encoding: .utf8)
        return try rows.split(separator: "\n").map {
          try JSONValue(parsing: String($0))["file"]?.string ?? ""
        }
      }
      #expect(try files(["a/x.ndjson", "./b/x.ndjson"], as: "d") == ["a/x.ndjson", "b/x.ndjson"])
      let root = program.folder.path
      #expect(
        try files([root + "/a/x.ndjson", root + "/b/x.ndjson"], as: "e")
          == ["a/x.ndjson", "b/x.ndjson"])
      #expect(try files([root + "/a/x.ndjson"], as: "f") == ["x.ndjson"])
    }
  }

  @Test("a quarantine is refused by whatever learns from rows or makes others of them")
  func refused() throws {
    try withRegistry { program in
      try program.write("{\"id\":1,\"text\":\"x\"}\n{\"text\":\"y 3 km\"}\n", to: "rows.ndjson")
      #expect(
        try program.run("ingest", "rows.ndjson", "--schema", "schema.json", "--name", "d").code == 0
      )
      try program.addModel(as: "base")
      try program.write("- whitespace\n", to: "clean.yaml")
      try program.write("- units: {fields: [/reason]}\n", to: "augment.yaml")
      let commands = [
        ["train", "--base", "base", "--data", "d-quarantine", "--out", "t"],
        ["split", "d-quarantine", "--out", "p"],
        ["clean", "d-quarantine", "--steps", "clean.yaml", "--out", "c"],
        ["dedup", "d-quarantine", "--out", "c"],
        ["augment", "d-quarantine", "--steps", "augment.yaml", "--out", "c"],
        ["feedback", "build", "--merge", "d-quarantine", "--out", "fb"],
      ]
      for command in commands {
        let outcome = try program.run(command)
        #expect(outcome.code == 64, "\(command): \(outcome.errors)")
        #expect(
          outcome.errors.contains("'d-quarantine@v1' is a quarantine")
            && outcome.errors.contains("Use 'd@v1'"), "\(command): \(outcome.errors)")
      }
      // Its file is no way around, nor is a suite whose cases it is.
      #expect(try program.run("export", "d-quarantine", "q").code == 0)
      let file = try program.run(
        "train", "--base", "base", "--data", "./q/rows.ndjson", "--out", "t")
      #expect(file.code == 64 && file.errors.contains("is a quarantine"), "\(file.errors)")
      try program.write(
        """
        name: s
        task: label
        data: q/rows.ndjson
        input: row
        expected: reason
        metrics: [accuracy]
        """, to: "suite.yaml")
      for command in [
        ["clean", "./q/rows.ndjson", "--steps", "clean.yaml", "--out", "c"],
        ["dedup", "q/rows.ndjson", "--out", "c"], ["split", "q/rows.ndjson", "--out", "p"],
        ["augment", "q/rows.ndjson", "--steps", "augment.yaml", "--out", "c"],
      ] {
        let outcome = try program.run(command)
        #expect(outcome.code == 64, "\(command): \(outcome.output)")
        #expect(outcome.errors.contains("'d-quarantine@v1' is a quarantine"), "\(outcome.errors)")
      }
      let suite = try program.run("add", "suite.yaml", "--name", "s")
      #expect(suite.code == 64 && suite.errors.contains("is a quarantine"), "\(suite.errors)")
      // Looking at it is what it is for.
      #expect(try program.run("show", "d-quarantine", "--profile").code == 0)
      #expect(try program.run("diff", "--rows", "d", "d-quarantine").code == 0)
    }
  }

  @Test("symbolic links in a folder of texts are left out and counted")
  func links() throws {
    try withRegistry { program in
      try program.write("하나", to: "texts/a.txt")
      try FileManager.default.createSymbolicLink(
        atPath: program.folder.appendingPathComponent("texts/b.txt").path,
        withDestinationPath: "a.txt")
      try program.write("{\"type\":\"object\"}", to: "any.json")
      let command = ["ingest", "texts", "--schema", "any.json", "--name", "t"]
      let text = try program.run(command)
      #expect(text.output.contains("1 symbolic link left out"), "\(text.output)\(text.errors)")
      #expect(try program.run(command + ["--json"]).json["report"]?["links"] == 1)
    }
  }

  @Test("the report tells of a Parquet file what its origin tells")
  func parquet() throws {
    try withRegistry { program in
      try program.write("{\"type\":\"object\"}", to: "any.json")
      let source = Program.project.appendingPathComponent(
        "Tests/DatasetsTests/Fixtures/parquet/plain.parquet")
      let bytes = try Data(contentsOf: source)
      try bytes.write(to: program.folder.appendingPathComponent("x.parquet"))
      let ingested = try program.run(
        "ingest", "x.parquet", "--schema", "any.json", "--name", "p", "--json")
      #expect(ingested.code == 0, "\(ingested.errors)")
      let input = try ingested.json["report"]?["inputs"]?.array?.first
      let origin = try program.run("show", "p", "--json").json["origins"]?.array?.first?["inputs"]?
        .array?.first
      for told in [input, origin] {
        #expect(told?["size"] == .integer(bytes.count))
        #expect(told?["digest"]?.string == (try sha256("x.parquet", program)))
      }
    }
  }

  @Test("numbers come out of ingestion with every digit, whichever way they take")
  func numbers() throws {
    try withRegistry { program in
      let rows = [
        #"{"id":12345678901234567890123}"#, #"{"id":18446744073709551615}"#,
        #"{"id":-98765432109876543210987654321}"#,
      ]
      let fraction = #"{"id":0.1000000000000000055511151231257827}"#
      try program.write((rows + [fraction]).joined(separator: "\n"), to: "rows.ndjson")
      try program.write("- whitespace\n", to: "clean.yaml")
      for (name, more) in [("d", []), ("e", ["--clean", "clean.yaml"])] {
        #expect(
          try program.run(
            ["ingest", "rows.ndjson", "--schema", "schema.json", "--name", name] + more
          ).code == 0)
        #expect(try program.run("export", name, "out-\(name)").code == 0)
        let text = try String(
          contentsOf: program.folder.appendingPathComponent("out-\(name)/rows.ndjson"),
          encoding: .utf8)
        #expect(
          text.split(separator: "\n").map(String.init)
            == rows + [#"{"id":1.000000000000000055511151231257827e-1}"#])
      }
    }
  }
}
