import CSQLite
import Foundation
import JSON
import MLOpsCore
import MLOpsTestKit
import Testing

/// Rows that come from databases, as a data owner brings them in.
@Suite struct DatabaseCommandTests {
  private func withRegistry(_ body: (Program) throws -> Void) throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("init").code == 0)
    try program.write(
      """
      {"type": "object", "required": ["id", "question"],
       "properties": {"id": {"type": "integer"}, "question": {"type": "string"},
                      "hard": {"type": "boolean"}}}
      """, to: "schema.json")
    try body(program)
  }

  private func makeDatabase(_ program: Program, _ name: String, _ first: String = "") throws {
    try FileManager.default.createDirectory(
      at: program.folder.appendingPathComponent(name).deletingLastPathComponent(),
      withIntermediateDirectories: true)
    var handle: OpaquePointer?
    defer { sqlite3_close_v2(handle) }
    #expect(sqlite3_open(program.folder.appendingPathComponent(name).path, &handle) == SQLITE_OK)
    let statements = """
      \(first) CREATE TABLE problems (id INTEGER, question TEXT, hard INTEGER);
      INSERT INTO problems VALUES (1, '1+1?', 0), (2, NULL, 0), (3, '2+2?', 1), (4, '3+3?', 1);
      CREATE TABLE other (x);
      """
    #expect(sqlite3_exec(handle, statements, nil, nil, nil) == SQLITE_OK)
  }

  @Test("rows of SQLite have the digest of the same rows of JSON, wherever the file lies")
  func sameDigest() throws {
    try withRegistry { program in
      try makeDatabase(program, "data.sqlite")
      try makeDatabase(program, "elsewhere/copy.db")
      try program.write(
        """
        {"id":1,"question":"1+1?","hard":false}
        {"id":3,"question":"2+2?","hard":true}
        {"id":4,"question":"3+3?","hard":true}
        """, to: "rows.ndjson")
      let query = "SELECT * FROM problems ORDER BY id"
      let options = ["--schema", "schema.json", "--name", "problems", "--json"]
      let first = try program.run(["ingest", "data.sqlite", "--query", query] + options)
      #expect(first.code == 0, "\(first.errors)")
      #expect(try first.json["report"]?["quarantined"] == 1)
      for source in [["elsewhere/copy.db", "--query", query], ["rows.ndjson"]] {
        let again = try program.run(["ingest"] + source + options)
        #expect(try again.json["digest"] == first.json["digest"])
        #expect(try again.json["is_new"] == false)
      }
    }
  }

  @Test("schema infer, validate, clean and split ask a database as ingest does")
  func otherCommands() throws {
    try withRegistry { program in
      try makeDatabase(program, "data.sqlite")
      let query = ["--query", "SELECT id, question, hard FROM problems WHERE id <> 2"]
      let inferred = try program.run(["schema", "infer", "data.sqlite"] + query)
      #expect(try inferred.json["properties"]?["id"]?["type"] == "integer", "\(inferred.errors)")
      let valid = try program.run(["validate", "data.sqlite", "--schema", "schema.json"] + query)
      #expect(valid.code == 0, "\(valid.output)")
      let invalid = try program.run(
        "validate", "data.sqlite", "--schema", "schema.json", "--query", "SELECT * FROM problems")
      #expect(invalid.code == 65)
      #expect(invalid.output.contains("data.sqlite:2:1: /question: expected"), "\(invalid.output)")
      try program.write("- whitespace\n", to: "steps.yaml")
      let cleaned = try program.run(
        ["clean", "data.sqlite", "--steps", "steps.yaml", "--out", "c", "--json"] + query)
      #expect(try cleaned.json["report"]?["written"] == 3, "\(cleaned.errors)")
      let split = try program.run(
        ["split", "data.sqlite", "--out", "s", "--by", "/id", "--json"] + query)
      #expect(try split.json["parts"]?.array?.count == 3, "\(split.errors)")
    }
  }

  @Test("a database whose log cannot be made beside it says what to do")
  func readOnlyLog() throws {
    try withRegistry { program in
      try makeDatabase(program, "medium/log.sqlite", "PRAGMA journal_mode = WAL;")
      let medium = program.folder.appendingPathComponent("medium").path
      guard try program.canMountReadOnly(medium) else {
        print("skipped: this machine allows no read-only mount")
        return
      }
      let outcome = try program.runReadOnly(
        medium,
        [
          "validate", "medium/log.sqlite", "--schema", "schema.json", "--query",
          "SELECT * FROM problems",
        ])
      #expect(outcome.code == 1)
      #expect(outcome.errors.contains("write-ahead log"), "\(outcome.errors)")
      #expect(outcome.errors.contains("Copy it"), "\(outcome.errors)")
    }
  }

  @Test("a run records what was asked of which file, and the dataset does not")
  func record() throws {
    try withRegistry { program in
      try makeDatabase(program, "data.sqlite")
      let query = "SELECT id, question FROM problems WHERE id = 1"
      let made = try program.run(
        "ingest", "data.sqlite", "--query", query, "--schema", "schema.json", "--name", "d",
        "--json")
      #expect(!made.output.contains("SELECT"))
      let parameters = try #require(try lastRun(program))
      let source = parameters["sources"]?.array?.first
      #expect(source?["kind"] == "sqlite")
      #expect(source?["query"] == .string(query))
      let bytes = try Data(contentsOf: program.folder.appendingPathComponent("data.sqlite"))
      #expect(source?["digest"] == .string(Digest(of: bytes).description))
    }
  }

  @Test("rows of Parquet are ingested like any others, and the file is recorded")
  func parquet() throws {
    try withRegistry { program in
      try program.write("{}", to: "any.json")
      let fixtures = Program.project.appendingPathComponent("Tests/DatasetsTests/Fixtures/parquet")
      let options = ["--schema", "any.json", "--name", "flat", "--json"]
      let first = try program.run(
        ["ingest", fixtures.appendingPathComponent("snappy.parquet").path] + options)
      #expect(first.code == 0, "\(first.errors)")
      let source = try lastRun(program)?["sources"]?.array?.first
      #expect(source?["kind"] == "parquet" && source?["name"] == "snappy.parquet")
      let again = try program.run(
        ["ingest", fixtures.appendingPathComponent("flat.ndjson").path] + options)
      #expect(try again.json["is_new"] == false)
      #expect(try again.json["digest"] == first.json["digest"])
      let query = try program.run(
        [
          "ingest", fixtures.appendingPathComponent("snappy.parquet").path, "--query", "SELECT 1",
        ] + options)
      #expect(query.code == 64)
    }
  }

  /// The parameters that the newest run in the catalog has.
  private func lastRun(_ program: Program) throws -> JSONValue? {
    var handle: OpaquePointer?
    var statement: OpaquePointer?
    defer {
      sqlite3_finalize(statement)
      sqlite3_close_v2(handle)
    }
    let catalog = program.folder.appendingPathComponent("registry/store/registry.db").path
    let query = "SELECT parameters FROM runs ORDER BY id DESC LIMIT 1"
    guard sqlite3_open(catalog, &handle) == SQLITE_OK,
      sqlite3_prepare_v2(handle, query, -1, &statement, nil) == SQLITE_OK,
      sqlite3_step(statement) == SQLITE_ROW, let text = sqlite3_column_text(statement, 0)
    else { return nil }
    return try JSONValue(parsing: String(cString: text))
  }

  @Test("what cannot be asked is a mistake of usage that says what can")
  func mistakes() throws {
    try withRegistry { program in
      try makeDatabase(program, "data.sqlite")
      try program.write("{\"id\":1,\"question\":\"\"}\n", to: "rows.ndjson")
      let options = ["--schema", "schema.json", "--name", "d"]
      let tables = try program.run(["ingest", "data.sqlite"] + options)
      #expect(tables.code == 64)
      #expect(
        tables.errors.contains("it has 2 tables: other (0 rows), problems (4 rows)"),
        "\(tables.errors)")
      let writing = try program.run(
        ["ingest", "data.sqlite", "--query", "DELETE FROM problems", "--json"] + options)
      #expect(writing.code == 64)
      #expect(
        try JSONValue(parsing: writing.errors.isEmpty ? writing.output : writing.errors)["error"]?[
          "code"] == "datasets.refused_query")
      let plain = try program.run(["ingest", "rows.ndjson", "--query", "SELECT 1"] + options)
      #expect(plain.code == 64)
      let two = try program.run(
        ["ingest", "data.sqlite", "rows.ndjson", "--query", "SELECT 1"] + options)
      #expect(two.errors.contains("--query asks one database"), "\(two.errors)")
      let piped = try program.run(
        executable: URL(fileURLWithPath: "/bin/sh"),
        [
          "-c", "cat data.sqlite | \"$0\" ingest - --schema schema.json --name p",
          Program.executable.path,
        ])
      #expect(piped.errors.contains("Save it to a file first"), "\(piped.errors)")
    }
  }
}

/// Rows that come from a server.
@Suite(.enabled(if: PostgresServer.isInstalled, "PostgreSQL's initdb is not installed here"))
struct PostgresCommandTests {
  @Test("rows of a server are ingested, and its password is nowhere on the disk or in an output")
  func ingest() throws {
    let program = try Program()
    defer { program.remove() }
    let server = try PostgresServer(
      """
      CREATE TABLE problems AS SELECT i AS id, 'q' || i AS question FROM generate_series(1, 9) i;
      GRANT SELECT ON problems TO PUBLIC;
      """)
    try program.write(#"{"properties":{"id":{"maximum":7}}}"#, to: "schema.json")
    var outputs = try [program.run("init")]
    let query = ["--query", "SELECT * FROM problems ORDER BY id"]
    let schema = ["--schema", "schema.json"]
    for (user, password) in [
      (PostgresServer.locked, PostgresServer.password), (PostgresServer.locked, "Geheim-wrong"),
      (PostgresServer.open, nil),
    ] {
      let address = server.address(user: user, password: password)
      outputs.append(
        try program.run(["ingest", address, "--name", "d", "--json"] + query + schema))
      outputs.append(try program.run(["validate", address] + query + schema))
      outputs.append(try program.run(["schema", "infer", address] + query))
      outputs.append(try program.run("split", address, "--out", "s", "--by", "/id"))
    }
    #expect(outputs.map(\.code) == [0, 0, 65, 0, 64, 1, 1, 1, 64, 0, 65, 0, 64])
    let report = try outputs[1].json["report"]
    #expect(report?["accepted"] == 7 && report?["quarantined"] == 2)
    #expect(outputs[2].output.contains("postgresql://locked@/postgres?host="))
    #expect(outputs[4].errors.contains("Ingest the rows first"))
    #expect(outputs[6].errors.contains("password authentication failed"), "\(outputs[6].errors)")
    for output in outputs {
      #expect(!output.errors.contains("Geheim") && !output.output.contains("Geheim"))
    }
    let files = FileManager.default.enumerator(at: program.folder, includingPropertiesForKeys: nil)
    var seen = 0
    while let file = files?.nextObject() as? URL {
      guard let bytes = try? Data(contentsOf: file) else { continue }
      seen += 1
      #expect(bytes.range(of: Data("Geheim".utf8)) == nil, "\(file.path)")
    }
    #expect(seen > 5)
  }

  @Test("starting the program loads nothing of PostgreSQL")
  func start() throws {
    let program = try Program()
    defer { program.remove() }
    let loaded = try program.run(
      executable: URL(fileURLWithPath: "/usr/bin/env"),
      ["LD_DEBUG=files", Program.executable.path, "--version"])
    guard loaded.errors.contains("libsqlite3") else {
      print("skipped: the loader tells nothing here")
      return
    }
    #expect(!loaded.errors.contains("libpq"))
  }
}
