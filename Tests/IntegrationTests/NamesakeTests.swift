import Foundation
import JSON
import Testing

/// Datasets by their names where their rows, or the rows of a quarantine, are the same.
@Suite struct NamesakeTests {
  private func withRegistry(_ body: (Program) throws -> Void) throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("init").code == 0)
    try program.write("{\"type\":\"object\",\"required\":[\"id\"]}", to: "schema.json")
    try body(program)
  }

  @Test("a quarantine's name is no name for data, nor data's for a quarantine")
  func names() throws {
    try withRegistry { program in
      try program.write("{\"id\":1}\n{}\n", to: "bad.ndjson")
      try program.write("{\"id\":1}\n", to: "good.ndjson")
      try program.write("- whitespace\n", to: "clean.yaml")
      let schema = ["--schema", "schema.json"]
      #expect(try program.run(["ingest", "bad.ndjson", "--name", "d"] + schema).code == 0)
      for command in [
        ["ingest", "good.ndjson", "--name", "d-quarantine"] + schema,
        ["clean", "d", "--steps", "clean.yaml", "--out", "d-quarantine"],
        ["split", "d", "--out", "d", "--parts", "quarantine=1,b=1"],
        ["add", "good.ndjson", "--name", "d-quarantine"],
      ] {
        let outcome = try program.run(command)
        #expect(outcome.code == 64, "\(command): \(outcome.errors)")
        #expect(outcome.errors.contains("is the name of a quarantine"), "\(outcome.errors)")
      }
      #expect(
        try program.run("show", "d-quarantine", "--json").json["reference"] == "d-quarantine@v1")
      #expect(
        try program.run(["ingest", "good.ndjson", "--name", "e-quarantine"] + schema).code == 0)
      let other = try program.run(["ingest", "bad.ndjson", "--name", "e"] + schema)
      #expect(other.code == 64 && other.errors.contains("holds data"), "\(other.errors)")
    }
  }

  @Test("of datasets with equal rows each has its own files, quarantine and descendants")
  func namesakes() throws {
    try withRegistry { program in
      try program.write("{\"id\":1}\n", to: "a.ndjson")
      try program.write("{\"id\":1}\n{}\n", to: "b.ndjson")
      try program.write("- whitespace\n", to: "clean.yaml")
      for name in ["a", "b"] {
        #expect(
          try program.run(
            "ingest", "\(name).ndjson", "--schema", "schema.json", "--name", "c\(name)"
          ).code == 0)
      }
      let shown = try program.run("show", "cb").output
      #expect(shown.contains("ingested by run-2"), "\(shown)")
      for (name, has, lacks) in [
        ("cb", "file: b.ndjson", "a.ndjson"), ("ca", "file: a.ndjson", "b.ndjson"),
      ] {
        let text = try program.run("lineage", name).output
        #expect(text.contains(has) && !text.contains(lacks), "\(text)")
        let node = try program.run("lineage", name, "--json").json["nodes"]?.array?.first
        #expect(node?["reference"] == .string("\(name)@v1"))
        #expect(
          node?["origin"]?["inputs"]?.array?.map { $0["name"] }
            == [.string("\(name.suffix(1)).ndjson")])
      }
      let quarantine = try program.run("lineage", "cb-quarantine").output
      #expect(quarantine.contains("quarantine_of: cb@v1"), "\(quarantine)")
      #expect(quarantine.contains("b.ndjson") && !quarantine.contains("a.ndjson"))
      #expect(try program.run("show", "cb-quarantine").output.contains("cb@v1"))
      #expect(try program.run("show", "ca", "--json").json["quarantines"] == [])
      #expect(try program.run("show", "cb", "--json").json["quarantines"] == ["cb-quarantine@v1"])
      #expect(!(try program.run("lineage", "ca").output.contains("quarantine")))
      #expect(
        try program.run("split", "cb-quarantine", "--out", "p").errors.contains("Use 'cb@v1'"))

      // What is made of one is told to be made of that one.
      try program.write("- templates: {templates: ['x'], into: /t}\n", to: "augment.yaml")
      for command in [
        ["clean", "cb", "--steps", "clean.yaml", "--out", "x"],
        ["split", "cb", "--parts", "a=1,b=1", "--out", "p"],
        ["augment", "cb", "--steps", "augment.yaml", "--out", "y"],
      ] {
        let outcome = try program.run(command)
        #expect(outcome.code == 0, "\(command): \(outcome.errors)")
      }
      for made in ["x", "p-a", "y"] {
        let text = try program.run("lineage", made).output
        #expect(text.contains("source: cb@v1") && text.contains("file: b.ndjson"), "\(text)")
        #expect(!text.contains("ca@v1") && !text.contains("a.ndjson"), "\(text)")
        #expect(try program.run("show", made).output.contains("cb@v1"))
      }
      #expect(try program.run("lineage", "cb").output.contains("source: x@v1"))
      #expect(!(try program.run("lineage", "ca").output.contains("x@v1")))
      // Both came to the same rows once more: each leads to its own.
      #expect(
        try program.run("clean", "ca", "--steps", "clean.yaml", "--out", "z").code == 0)
      #expect(try program.run("lineage", "z").output.contains("source: ca@v1"))
      #expect(try program.run("lineage", "x").output.contains("source: cb@v1"))
      let down = try program.run("lineage", "ca").output
      #expect(down.contains("source: z@v1") && !down.contains("x@v1"), "\(down)")
    }
  }

  @Test("a dataset that was laid out is named by its file, and a folder's links are counted")
  func folders() throws {
    try withRegistry { program in
      try program.write("{\"id\":1}\n", to: "rows.ndjson")
      try program.write("- whitespace\n", to: "clean.yaml")
      let schema = ["--schema", "schema.json"]
      #expect(try program.run(["ingest", "rows.ndjson", "--name", "d"] + schema).code == 0)
      #expect(try program.run("export", "d", "q").code == 0)
      for command in [
        ["clean", "q", "--steps", "clean.yaml", "--out", "c"],
        ["ingest", "q", "--name", "e"] + schema,
        ["split", "./q", "--out", "c"],
      ] {
        let outcome = try program.run(command)
        #expect(outcome.code == 64, "\(command): \(outcome.errors)")
        #expect(outcome.errors.contains("q/rows.ndjson'"), "\(outcome.errors)")
      }
    }
  }
}
