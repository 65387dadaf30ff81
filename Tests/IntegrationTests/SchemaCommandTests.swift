import Foundation
import JSON
import MLOpsTestKit
import Testing

/// Schemas that are registered, referred to and fetched.
@Suite struct SchemaCommandTests {
  private let draft = "\"$schema\":\"https://json-schema.org/draft/2020-12/schema\""

  private func withRegistry(_ body: (Program) throws -> Void) throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("init").code == 0)
    try program.write("{\"n\":1}\n{\"n\":\"x\"}\n", to: "rows.ndjson")
    try body(program)
  }

  /// Registers a schema; gives its reference.
  @discardableResult
  private func add(_ text: String, as name: String, to program: Program) throws -> String {
    // Not beside the schemas that refer to it: there it would be found as a file.
    try program.write(text, to: "added/\(name).json")
    let added = try program.run(
      "add", "added/\(name).json", "--kind", "schema", "--name", name, "--json")
    #expect(added.code == 0, "\(added.errors)")
    return try added.json["reference"]?.string ?? ""
  }

  @Test("of thousands of problems a hundred are listed, in a moment", .timeLimit(.minutes(2)))
  func manyProblems() throws {
    let program = try Program()
    defer { program.remove() }
    let members = (0..<8_000).map { "\n\"p\($0)\":{\"tpye\":1}" }.joined(separator: ",")
    try program.write("{\"properties\":{\(members)}}", to: "many.json")
    let lines = try program.run("schema", "check", "many.json").output.split(separator: "\n")
    #expect(lines.count == 102)
    #expect(lines.dropLast().last == "… and 7900 more")
    #expect(lines.last?.hasSuffix(" warnings") == true)
  }

  @Test("a schema is recognised by its $schema, described, and found by every form of reference")
  func registering() throws {
    try withRegistry { program in
      try program.write(
        "{\(draft),\"$id\":\"https://example.com/n\",\"title\":\"Numbers\",\"properties\":{\"n\":{\"type\":\"integer\"}}}",
        to: "numbers.json")
      let added = try program.run("add", "numbers.json", "--alias", "stable", "--json")
      #expect(added.code == 0, "\(added.errors)")
      let record = try added.json
      #expect(record["kind"] == "schema")
      #expect(
        record["metadata"]?["json_schema"] == [
          "draft": "2020-12", "id": "https://example.com/n", "title": "Numbers",
        ])
      #expect(record["files"]?.array?.first?["media_type"] == "application/schema+json")
      #expect(
        try add("{\"properties\":{\"n\":{\"type\":\"string\"}}}", as: "numbers", to: program)
          == "numbers@v2")
      let digest = try #require(record["digest"]?.string)
      for (reference, line) in [
        ("numbers", 1), ("numbers@v2", 1), ("numbers@v1", 2), ("numbers@stable", 2),
        ("numbers@\(digest.prefix(16))", 2), ("./numbers.json", 2), ("numbers.json", 2),
      ] {
        let report = try program.run("validate", "rows.ndjson", "--schema", reference, "--json")
        #expect(report.code == 65, "\(reference): \(report.errors)")
        let violations = try report.json["files"]?.array?.first?["violations"]?.array
        #expect(violations?.map { $0["line"] } == [.integer(line)], "\(reference)")
      }
      // A file of that name wins over the registry.
      try program.write("true", to: "numbers")
      #expect(try program.run("validate", "rows.ndjson", "--schema", "numbers").code == 0)
      let diff = try program.run("schema", "diff", "numbers@v1", "numbers@v2")
      #expect(diff.code == 100, "\(diff.errors)")
      #expect(
        try program.run("schema", "check", "numbers@v1").output == "numbers@v1: no problems found\n"
      )
      #expect(
        try program.run("list", "--kind", "schema", "--json").json["artifacts"]?.array?.count == 1)
    }
  }

  @Test("what is no usable schema is not registered, and the place is told")
  func refused() throws {
    try withRegistry { program in
      for (text, sentence) in [
        (
          "{\(draft),\n \"properties\":{\"n\":{\"type\":\"intger\"}}}",
          "bad.json:2:28 /properties/n/type: type must be"
        ),
        ("{\(draft),", "bad.json:1:"),
        ("[1]", "a schema must be an object or a boolean, found [1]"),
        ("{\"$ref\":\"beside.json\"}", "\"beside.json\""),
        ("{\"$ref\":\"registry:gone@v1\"}", "gone"),
      ] {
        try program.write(text, to: "bad.json")
        let refused = try program.run("add", "bad.json", "--kind", "schema")
        #expect(refused.code == 65, "\(text): \(refused)")
        #expect(refused.errors.contains(sentence), "\(refused.errors)")
      }
      try program.write("{\(draft)}", to: "schema.json")
      let said = try program.run("add", "schema.json", "--kind", "prompt")
      #expect(said.errors.contains("holds a schema, not a prompt"), "\(said.errors)")
      let data = try program.run("add", "rows.ndjson", "--kind", "schema")
      #expect(data.errors.contains("holds a dataset, not a schema"), "\(data.errors)")
      try program.write("{\"a\":1}", to: "data.json")
      #expect(try program.run("add", "data.json").errors.contains("lifecycle.unknown_kind"))
      #expect(try program.run("list", "--json").json["artifacts"]?.array?.isEmpty == true)
    }
  }

  @Test("a $ref leads to registered schemas, by $id to the newest and by registry: to any")
  func references() throws {
    try withRegistry { program in
      let id = "\"$id\":\"https://example.com/n\""
      try add("{\(id),\"type\":\"integer\"}", as: "number", to: program)
      try add("{\(id),\"type\":\"string\"}", as: "number", to: program)
      func lines(_ reference: String) throws -> [JSONValue?] {
        try program.write("{\"properties\":{\"n\":{\"$ref\":\"\(reference)\"}}}", to: "s.json")
        let report = try program.run("validate", "rows.ndjson", "--schema", "s.json", "--json")
        #expect(report.code == 65, "\(report.errors)")
        return try report.json["files"]?.array?.first?["violations"]?.array?.map { $0["line"] }
          ?? []
      }
      #expect(try lines("https://example.com/n") == [1])
      #expect(try lines("registry:number@v1") == [2])
      #expect(try lines("registry:number") == [1])
      // The newest no longer has the $id, an older one with an alias does.
      try add("{\"type\":\"string\"}", as: "number", to: program)
      #expect(try program.run("alias", "number@v1", "old").code == 0)
      #expect(try lines("https://example.com/n") == [2])
      try add("{\(id)}", as: "other", to: program)
      let ambiguous = try program.run("validate", "rows.ndjson", "--schema", "s.json")
      #expect(
        ambiguous.errors.contains("is the $id of number@v1 and of other@v1"), "\(ambiguous.errors)")
      try program.write("{\"$ref\":\"registry:nmber\"}", to: "s.json")
      let missing = try program.run("validate", "rows.ndjson", "--schema", "s.json")
      #expect(missing.code == 65)
      #expect(missing.errors.contains("code: datasets.missing_document"), "\(missing.errors)")
      #expect(missing.errors.contains("registry:nmber"))
    }
  }

  @Test("a dataset names the registered schemas that it was checked against as ingredients")
  func lineage() throws {
    try withRegistry { program in
      try add("{\"$id\":\"https://example.com/n\",\"type\":\"integer\"}", as: "number", to: program)
      try add(
        "{\"properties\":{\"n\":{\"$ref\":\"https://example.com/n\"}}}", as: "rows", to: program)
      let made = try program.run(
        "ingest", "rows.ndjson", "--schema", "rows@v1", "--name", "d", "--json")
      #expect(made.code == 0, "\(made.errors)")
      let roles = try made.json["ingredients"]?.array?.map { $0["role"] }
      #expect(roles == ["schema", "schema"])
      let lineage = try program.run("lineage", "d").output
      #expect(
        lineage.contains("schema: rows@v1") && lineage.contains("schema: number@v1"), "\(lineage)")
      try program.write("{\"type\":\"object\"}", to: "plain.json")
      let plain = try program.run(
        "ingest", "rows.ndjson", "--schema", "plain.json", "--name", "e", "--json")
      #expect(try plain.json["ingredients"]?.array?.isEmpty == true)
    }
  }

  @Test("without a workspace paths work, and a reference says what is missing")
  func noWorkspace() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("{\"n\":1}\n", to: "rows.ndjson")
    try program.write("{\"type\":\"object\"}", to: "s.json")
    func run(_ schema: String) throws -> Program.Outcome {
      try program.run(
        executable: URL(fileURLWithPath: "/usr/bin/env"),
        [
          "-u", "MLOPS_HOME", Program.executable.path, "validate", "rows.ndjson", "--schema",
          schema,
        ])
    }
    #expect(try run("s.json").code == 0)
    try program.write("{\"$ref\":\"https://example.com/gone\"}", to: "far.json")
    #expect(try run("far.json").errors.contains("--allow-remote"))
    for name in ["rows-schema@v1", "gone.json", "Gone"] {
      let missing = try run(name)
      #expect(missing.code == 1)
      #expect(
        missing.errors.contains("There is no file '\(name)', and no workspace"), "\(missing.errors)"
      )
      #expect(missing.errors.contains("code: lifecycle.no_such_schema"))
    }
    let path = try run("./gone.json")
    #expect(path.errors.contains("code: datasets.file_failed"), "\(path.errors)")
  }

  @Test("only --allow-remote touches the network, and what was fetched is in the dataset")
  func remote() throws {
    try withRegistry { program in
      let server = try LocalWebServer(documents: ["n": "{\"type\":\"integer\"}"])
      try program.write(
        "{\"properties\":{\"n\":{\"$ref\":\"\(server.address)/doc/n\"}}}", to: "s.json")
      let without = try program.run("validate", "rows.ndjson", "--schema", "s.json")
      #expect(without.code == 65)
      #expect(without.errors.contains("\(server.address)/doc/n"), "\(without.errors)")
      #expect(try program.run("schema", "check", "s.json").output.contains("--allow-remote"))
      #expect(try program.run("schema", "diff", "s.json", "s.json").code == 65)
      #expect(server.requests.isEmpty)
      let with = try program.run("validate", "rows.ndjson", "--schema", "s.json", "--allow-remote")
      #expect(with.output.contains("1 of 2 rows invalid"), "\(with)")
      #expect(server.requests.count == 1)
      #expect(try program.run("schema", "check", "s.json", "--allow-remote").code == 0)
      #expect(try program.run("schema", "diff", "s.json", "s.json", "--allow-remote").code == 0)
      #expect(server.requests.count == 3)
      // A registered schema may refer to what is fetched only when it is used.
      #expect(try program.run("add", "s.json", "--kind", "schema", "--name", "far").code == 0)
      #expect(server.requests.count == 3)
      let made = try program.run(
        "ingest", "rows.ndjson", "--schema", "far", "--name", "d", "--allow-remote", "--json")
      #expect(made.code == 0, "\(made.errors)")
      let fetched = try made.json["metadata"]?["schema_fetched"]?.object
      #expect(fetched?.keys.sorted() == ["\(server.address)/doc/n"])
    }
  }

  @Test("of several schemas one that cannot be read is told, and the others are checked")
  func severalSchemas() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("{}", to: "ok.json")
    let text = try program.run("schema", "check", "ok.json", "missing.json")
    #expect(text.code == 1, "\(text.errors)")
    #expect(
      text.output
        == "ok.json: no problems found\nmissing.json: not checked, since it could not be read\n",
      "\(text.output)")
    #expect(text.errors.contains("missing.json"))
    let json = try program.run("schema", "check", "missing.json", "ok.json", "--json")
    #expect(json.code == 1 && json.errors.isEmpty)
    let files = try json.json["files"]?.array
    #expect(try json.json["usable"] == false && files?.count == 2)
    #expect(files?.first?["error"]?.object != nil && files?.last?["problems"] == [])
    let alone = try program.run("schema", "check", "missing.json", "--json")
    #expect(try alone.code != 0 && alone.json["error"]?.object != nil)
  }

  @Test("an example of any length is shown short to people")
  func longExample() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("{}", to: "old.json")
    try program.write("{\"maxLength\":100000}", to: "new.json")
    let text = try program.run("schema", "diff", "old.json", "new.json")
    #expect(text.code == 100 && text.output.utf8.count < 2_000, "\(text.output.utf8.count)")
    let json = try program.run("schema", "diff", "old.json", "new.json", "--json")
    #expect(try json.json["witness"]?.string?.count == 100_001)
  }
}
