import Datasets
import Foundation
import JSON
import MLOpsCore
import MLOpsTestKit
import SystemPackage
import Testing

@Suite(
  .serialized,
  .enabled(if: PostgresServer.isInstalled, "PostgreSQL's initdb is not installed here"))
struct PostgresTests {
  /// One for all tests; it ends with the process.
  private static let server = Result {
    try PostgresServer(
      """
      CREATE TABLE problems (id int PRIMARY KEY, question text, hard boolean);
      INSERT INTO problems VALUES (1, '1+1?', false), (2, NULL, true), (3, '2+2?', true);
      CREATE TABLE secret (x int);
      GRANT SELECT ON problems TO PUBLIC;
      """)
  }

  private let server: PostgresServer

  init() throws { server = try PostgresTests.server.get() }

  private func rows(
    _ query: String?, _ typings: [String: ValueTyping] = [:], address: String? = nil,
    rowLimit: Int = 1 << 20
  ) throws -> [Row] {
    var reader = try SourceReader(
      RowInput(address ?? server.address(), query: query), ColumnTypings(values: typings),
      lineLimit: rowLimit)
    var rows: [Row] = []
    while let row = try reader.next() { rows.append(row) }
    return rows
  }

  private func value(_ expression: String) throws -> JSONValue? {
    try rows("SELECT \(expression) AS v").first?.content.get()["v"]
  }

  private func refusal(_ query: String?, address: String? = nil) -> DatasetsError? {
    #expect(throws: DatasetsError.self) { _ = try rows(query, address: address) }
  }

  private func defect(_ row: Row?) -> String? {
    if case .failure(let defect) = row?.content { defect.reason } else { nil }
  }

  @Test(
    "every built-in type has its value, and every digit is kept",
    arguments: [
      ("true", "true"), ("9223372036854775807::bigint", "9223372036854775807"),
      ("(-32768)::smallint", "-32768"), ("0.1::float8", "0.1"), ("0.1::float4", "0.1"),
      ("1e300::float8", "1e+300"),
      ("12345678901234567890.123456789::numeric", "12345678901234567890.123456789"),
      ("'한글 \"x\"'::text", #""한글 \"x\"""#), ("'ab'::char(4)", #""ab  ""#),
      ("'x'::varchar(3)", #""x""#), ("'{\"a\": [1.50, null]}'::jsonb", #"{"a":[1.50,null]}"#),
      ("'[1,  2]'::json", "[1,2]"), ("'null'::json", "null"), ("NULL::int", "null"),
      ("'2024-02-29 23:59:59.125+09'::timestamptz", #""2024-02-29T14:59:59.125Z""#),
      ("'2024-02-29 23:59:59'::timestamp", #""2024-02-29T23:59:59""#),
      ("'infinity'::timestamptz", #""infinity""#), ("'2024-02-29'::date", #""2024-02-29""#),
      ("'1 day 2 hours'::interval", #""P1DT2H""#),
      ("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", #""a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11""#),
      ("'1.2.3.4'::inet", #""1.2.3.4""#), ("'{1,NULL,3}'::int[]", "[1,null,3]"),
      ("'{}'::text[]", "[]"), ("'{{1,2},{3,4}}'::int[]", "[[1,2],[3,4]]"),
      ("'[2:3]={7,8}'::int[]", "[7,8]"),
      (#"ARRAY['a "b"', 'c\d', 'NULL', '', '{,}']"#, #"["a \"b\"","c\\d","NULL","","{,}"]"#),
      ("ARRAY[true,false]", "[true,false]"), ("ARRAY[1.10, 2]", "[1.10,2]"),
      ("ARRAY['{\"a\":1}'::jsonb]", #"[{"a":1}]"#),
      ("ARRAY['2024-02-29 00:00+00'::timestamptz]", #"["2024-02-29T00:00:00Z"]"#),
    ])
  func types(_ expression: String, _ expected: String) throws {
    #expect(try value(expression) == JSONValue(parsing: expected))
  }

  @Test("a number keeps the digits that a double would lose")
  func digits() throws {
    let found = try value("12345678901234567890.123456789::numeric")
    guard case .number(let number) = found else { return #expect(Bool(false), "no number") }
    #expect(number.lexeme == "12345678901234567890.123456789")
  }

  @Test("what JSON has no value for makes its row defective, with column and place")
  func defects() throws {
    let found = try rows(
      """
      SELECT * FROM (VALUES (1, 'NaN'::float8, NULL::bytea), (2, 1, '\\x00ff'), (3, 2, NULL))
        AS t (id, number, image) ORDER BY id
      """)
    #expect(found.map(\.line) == [1, 2, 3])
    #expect(
      found.map(defect) == [
        "the column 'number' is NaN, which JSON has no number for",
        "the column 'image' holds 2 bytes, which JSON has no value for (declare contentEncoding base64 to take them)",
        nil,
      ])
    let wanted = try rows(
      "SELECT '\\x00ff'::bytea AS image", ["image": ValueTyping(isBase64: true)])
    #expect(try wanted.first?.content.get() == ["image": "AP8="])
    #expect(
      defect(try rows("SELECT repeat('x', 2000) AS long", rowLimit: 1000).first)
        == "the row is 2000 bytes long; at most 1000 are read")
    #expect(
      defect(try rows("SELECT ARRAY['\\x00'::bytea] AS b").first)?.contains("array of bytes")
        == true)
  }

  @Test(
    "nothing but one reading statement passes, and the database stays as it is",
    arguments: [
      ("DELETE FROM problems", "42601"), ("SELECT 1; SELECT 2", "42601"),
      ("SELECT 1; COMMIT; DROP TABLE problems", "42601"), ("COMMIT", "42601"),
      ("COPY problems TO PROGRAM 'cat'", "42601"), ("COPY (SELECT 1) TO '/tmp/x'", "42601"),
      ("WITH d AS (DELETE FROM problems RETURNING id) SELECT * FROM d", "0A000"),
      ("SELECT 1 INTO copy", "42601"),
      ("SELECT set_config('transaction_read_only', 'off', true)", "25001"),
      ("SELECT nextval('s')", "42P01"), ("SELECT missing FROM problems", "42703"),
      ("SELECT * FROM secret", "42501"), ("SELECT 1/0", "22012"), ("SELECT $1", "08P01"),
      ("SELECT id FROM problems FOR UPDATE", "25006"), ("", "42601"),
    ])
  func onlyReading(_ query: String, _ state: String) throws {
    let error = refusal(query)
    #expect(error?.message.contains("[\(state)]") == true, "\(error?.message ?? "")")
    #expect(try rows("SELECT * FROM problems").count == 3)
  }

  @Test("mistakes are told with their place in the query, and with what to do")
  func mistakes() {
    let missing = refusal("SELECT missing FROM problems")
    #expect(missing?.code == "datasets.refused_query")
    #expect(
      missing?.message.contains("column \"missing\" does not exist, at character 8 of the query")
        == true, "\(missing?.message ?? "")")
    #expect(refusal(nil)?.advice?.contains("--query") == true)
    let twice = refusal("SELECT 1 AS a, 2 AS a")
    #expect(twice?.message.contains("two columns have the name 'a'") == true)
    let nobody = refusal("SELECT 1", address: "postgresql://open@/postgres?host=/nowhere")
    #expect(nobody?.code == "datasets.unreachable_source")
    #expect(nobody?.message.contains("/nowhere") == true, "\(nobody?.message ?? "")")
  }

  @Test("a password opens the door and is in no message")
  func passwords() throws {
    let secret = PostgresServer.password
    let right = server.address(user: PostgresServer.locked, password: secret)
    #expect(try rows("SELECT id FROM problems", address: right).count == 3)
    let input = try RowInput(right, query: "SELECT 1")
    let wrong = server.address(user: PostgresServer.locked, password: "Falsch-7c1f")
    let refused = refusal("SELECT 1", address: wrong)
    let unasked = refusal("SELECT 1", address: server.address(user: PostgresServer.locked))
    #expect(unasked?.advice?.contains("PGPASSWORD") == true)
    let told = refusal("SELECT '\(secret)'::int", address: right)
    #expect(told?.message.contains("invalid input syntax") == true)
    let texts = [
      input.label, "\(input)", String(reflecting: input), try input.record()?.canonical ?? "",
      refused?.message ?? "", "\(refused?.facts ?? [:])", told?.message ?? "",
    ]
    for text in texts {
      #expect(!text.contains("Geheim") && !text.contains("Falsch"), "\(text)")
    }
    #expect(input.label.hasPrefix("postgresql://locked@/postgres?host="))
  }

  @Test("many rows are read in memory that does not grow with them")
  func memory() throws {
    let before = try residentPages()
    var reader = try SourceReader(
      RowInput(
        server.address(),
        query: "SELECT i, repeat('x', 1000) AS text FROM generate_series(1, 200000) AS i"),
      ColumnTypings())
    var count = 0
    while let row = try reader.next() {
      count += 1
      #expect(row.line == count)
      if count == 150_000 {
        // 150 MB have passed; 40 MB of pages are far more than a stream holds.
        #expect(try residentPages() - before < 10_000)
      }
    }
    #expect(count == 200_000)
  }

  private func residentPages() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    return try #require(Int(text.split(separator: " ")[1]))
  }

  @Test("a query that takes for ever is stopped at the server", .timeLimit(.minutes(1)))
  func cancellation() async throws {
    let address = server.address()
    let task = Task { () -> DatasetsError? in
      do {
        var reader = try SourceReader(
          RowInput(address, query: "SELECT pg_sleep(600)::text AS forever"), ColumnTypings())
        _ = try reader.next()
        return nil
      } catch {
        return error as? DatasetsError
      }
    }
    let sleeping = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'FETCH%' AND state = 'active'"
    func isSleeping() throws -> Bool {
      try rows("\(sleeping) AND pid <> pg_backend_pid()").isEmpty == false
    }
    while try !isSleeping() { try await Task.sleep(for: .milliseconds(50)) }
    task.cancel()
    #expect(await task.value?.kind == .cancelled)
    while try isSleeping() { try await Task.sleep(for: .milliseconds(50)) }
  }

  @Test("rows of a server become the same dataset as the same rows of JSON")
  func ingestion() throws {
    let scratch = try Scratch()
    let schema: JSONValue = [
      "required": ["question"], "properties": ["question": ["type": "string"]],
    ]
    let file = try scratch.file("schema.json", schema.canonical)
    let lines = try scratch.file(
      "rows.ndjson",
      """
      {"id":1,"question":"1+1?","hard":false}
      {"id":3,"question":"2+2?","hard":true}

      """)
    let ingestion = Ingestion(
      schema: try SchemaFile.load(file),
      columns: ColumnTypings(declaredBy: try SchemaFile.load(file), schema))
    let outputs = (0..<4).map { scratch.folder.appending("out\($0)") }
    let report = try ingestion.ingest(
      [try RowInput(server.address(), query: "SELECT * FROM problems ORDER BY id")],
      output: outputs[0], quarantine: outputs[1])
    #expect(report.rows == 3 && report.quarantined == 1)
    _ = try ingestion.ingest([lines], output: outputs[2], quarantine: outputs[3])
    #expect(try scratch.text(outputs[0]) == scratch.text(outputs[2]))
    #expect(
      try scratch.text(outputs[1]).contains(#""file":"postgres","line":2,"pointer":"/question""#))
  }
}

@Suite struct PostgresAddressTests {
  @Test(
    "a label has everything of an address but what is secret",
    arguments: [
      ("postgresql://u:pw@h:5432/db?sslmode=require", "postgresql://u@h:5432/db?sslmode=require"),
      ("postgres://h/db", "postgres://h/db"), ("postgresql://", "postgresql://"),
      ("postgresql://u:p%40w@h1,h2:5433/db", "postgresql://u@h1,h2:5433/db"),
      ("postgresql://u@[::1]:5432/db", "postgresql://u@[::1]:5432/db"),
      ("postgresql:///db?host=/tmp&password=pw&user=u", "postgresql:///db?host=/tmp&user=u"),
      ("postgresql:///db?%70assword=pw&sslpassword=pw", "postgresql:///db"),
    ])
  func labels(_ url: String, _ label: String) throws {
    let address = try PostgresAddress(url)
    #expect(address.label == label)
    #expect("\(address)" == label)
    #expect(!String(reflecting: address).contains("pw"))
  }

  @Test(
    "an address that may hide a password where none belongs is refused without repeating it",
    arguments: [
      "postgresql://u:geheim/db", "postgresql://u:ge@heim@h/db", "postgresql://u:ge/heim@h/db",
      "postgresql://h/db?password=ge@heim", "postgresql://u:geheim", "postgresql://u:ge?heim@h",
    ])
  func secrets(_ url: String) throws {
    let error = #expect(throws: DatasetsError.self) { _ = try PostgresAddress(url) }
    #expect(error?.code == "datasets.refused_query")
    #expect(error?.message.contains("ge") == false && error?.message.contains("heim") == false)
  }
}
