import Datasets
import Foundation
import JSON
import JSONSchema
import MLOpsCore
import SystemPackage
import Testing

/// A folder that vanishes with the test.
final class Scratch {
  let folder: FilePath

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    folder = FilePath(url.path)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder.string) }

  func file(_ name: String, _ text: String) throws -> FilePath {
    try file(name, Array(text.utf8))
  }

  func file(_ name: String, _ bytes: [UInt8]) throws -> FilePath {
    let path = folder.appending(name)
    try Data(bytes).write(to: URL(fileURLWithPath: path.string))
    return path
  }

  func text(_ path: FilePath) throws -> String {
    try String(contentsOfFile: path.string, encoding: .utf8)
  }

  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []).sorted()
  }
}

let sampleFolder = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("registry").path

@Suite struct ReaderTests {
  func rows(_ path: FilePath) throws -> [Row] {
    var reader = try SourceReader(path)
    var rows: [Row] = []
    while let row = try reader.next() { rows.append(row) }
    return rows
  }

  @Test("a byte-order mark, CRLF, blank lines and a missing last line end change nothing")
  func lineEnds() throws {
    let scratch = try Scratch()
    let path = try scratch.file(
      "a.ndjson", [0xEF, 0xBB, 0xBF] + Array("{\"a\":1}\r\n\r\n \n[2]\n3".utf8))
    let rows = try rows(path)
    #expect(rows.map(\.line) == [1, 4, 5])
    #expect(try rows.map { try $0.content.get() } == [["a": 1], [2], 3])
  }

  @Test("a bad row is handed out with its place, and the rows after it are read")
  func badRows() throws {
    let scratch = try Scratch()
    let bytes =
      Array("{\"a\":}\n\"".utf8) + [0xFF] + Array("\"\n{\"b\":1,\"b\":2}\n\"\\ud800\"\n7\n".utf8)
    let rows = try rows(try scratch.file("a.ndjson", bytes))
    let defects = rows.map { row -> String in
      if case .failure(let defect) = row.content {
        return "\(defect.line):\(defect.column) \(defect.reason)"
      }
      return "fine"
    }
    #expect(
      defects == [
        "1:6 expected a value, found '}'", "2:2 a string that begins here is not valid UTF-8",
        "3:8 the name \"b\" occurs twice in one object",
        "4:2 a high surrogate without its low one", "fine",
      ])
  }

  @Test("a line beyond the limit is one defective row, cut, and the next is whole")
  func overlong() throws {
    let scratch = try Scratch()
    let path = try scratch.file(
      "a.ndjson", "\"" + String(repeating: "x", count: 600_000) + "\"\n1\n")
    var reader = try NDJSONReader(path, lineLimit: 1000)
    let long = try #require(try reader.next())
    #expect(long.bytes.count == 1000)
    #expect(throws: RowDefect.self) { try long.content.get() }
    #expect(try reader.next()?.content.get() == 1)
    #expect(try reader.next() == nil)
  }

  @Test("an array's elements and a single value are rows, with their places in the file")
  func documents() throws {
    let scratch = try Scratch()
    let array = try rows(try scratch.file("a.json", "[\n  {\"a\": 1}, {\"가\":\n 2}\n]"))
    #expect(array.map { "\($0.line):\($0.column)" } == ["2:3", "2:13"])
    let single = try rows(try scratch.file("b.json", "{\n\"a\": 1\n}"))
    #expect(try single.map { try $0.content.get() } == [["a": 1]])
    #expect(try rows(try scratch.file("c.json", "[]")).isEmpty)
    #expect(try rows(try scratch.file("d.json", "")).isEmpty)
  }
}

@Suite struct IngestionTests {
  let schema: JSONValue = [
    "type": "object", "required": ["a"], "properties": ["a": ["type": "integer"]],
  ]

  @Test(
    "every row is accepted, a duplicate or in quarantine, and the same input gives the same bytes")
  func nothingIsLost() throws {
    let scratch = try Scratch()
    let input = try scratch.file(
      "in.ndjson", "{\"b\":2,\"a\":1}\n{\"a\":1.0,\"b\":2}\n{\"a\":\"x\"}\noops\n{\"a\":3}\n")
    let ingestion = Ingestion(schema: try JSONSchema.compile(schema))
    let report = try ingestion.ingest(
      [input], output: scratch.folder.appending("out"), quarantine: scratch.folder.appending("bad"))
    #expect(report.rows == 5)
    #expect((report.accepted, report.duplicates, report.quarantined) == (2, 1, 2))
    #expect(try scratch.text(scratch.folder.appending("out")) == "{\"a\":1,\"b\":2}\n{\"a\":3}\n")
    #expect(
      try scratch.text(scratch.folder.appending("bad")) == """
        {"file":"in.ndjson","line":3,"pointer":"/a","reason":"expected an integer, found \\"x\\" (a string)","row":{"a":"x"}}
        {"file":"in.ndjson","line":4,"pointer":"","reason":"expected a value, found 'o'","row":"oops"}

        """)
    let again = try ingestion.ingest(
      [input], output: scratch.folder.appending("out2"),
      quarantine: scratch.folder.appending("bad2"))
    #expect(again == report)
    #expect(
      try scratch.text(scratch.folder.appending("out2"))
        == scratch.text(scratch.folder.appending("out")))
    #expect(report.metadata["rows"] == 2)
  }

  @Test("what breaks off an array goes to quarantine as it was written, as one row")
  func brokenArray() throws {
    let scratch = try Scratch()
    let input = try scratch.file("in.json", "[{\"a\":1},{\"a\":2},{\"a\":3,]")
    let report = try Ingestion(schema: try JSONSchema.compile(schema)).ingest(
      [input], output: scratch.folder.appending("out"), quarantine: scratch.folder.appending("bad"))
    #expect((report.rows, report.accepted, report.quarantined) == (3, 2, 1))
    let row = try JSONValue(parsing: try scratch.text(scratch.folder.appending("bad")))
    #expect(row["row"] == "{\"a\":3,]")
  }

  @Test("rows that cleaning makes invalid go to quarantine as they are after it, with the step")
  func afterCleaning() throws {
    let scratch = try Scratch()
    let input = try scratch.file("in.ndjson", "{\"a\":1,\"t\":\"010-1234-5678\"}\n{\"a\":2}\n")
    let schema = try JSONSchema.compile(
      ["properties": ["a": ["type": "integer"], "t": ["maxLength": 4, "pattern": "^[0-9]"]]])
    let loose = try JSONSchema.compile(["properties": ["t": ["pattern": "^[0-9]"]]])
    let pipeline = try CleaningPipeline(["scrub_pii"])
    let report = try Ingestion(schema: loose, cleaning: pipeline).ingest(
      [input], output: scratch.folder.appending("out"), quarantine: scratch.folder.appending("bad"))
    #expect((report.rows, report.accepted, report.quarantined, report.dropped) == (2, 1, 1, 0))
    #expect(report.groups.map(\.keyword) == ["pattern"])
    let row = try JSONValue(parsing: try scratch.text(scratch.folder.appending("bad")))
    #expect(row["step"] == "schema after cleaning")
    #expect((row["line"], row["pointer"]) == (1, "/t"))
    #expect(row["row"]?["a"] == 1 && row["row"]?["t"] != "010-1234-5678")
    // What was invalid before is no fault of cleaning.
    _ = try Ingestion(schema: schema, cleaning: pipeline).ingest(
      [input], output: scratch.folder.appending("out2"),
      quarantine: scratch.folder.appending("bad2"))
    let before = try JSONValue(parsing: try scratch.text(scratch.folder.appending("bad2")))
    #expect(before["step"] == nil)
  }

  @Test("where no row is valid the error counts them and gives the first reason with its place")
  func noneValid() throws {
    let scratch = try Scratch()
    let input = try scratch.file("in.ndjson", "{\"a\":\"x\"}\n{}\n")
    let error = #expect(throws: DatasetsError.self) {
      _ = try Ingestion(schema: try JSONSchema.compile(schema)).ingest(
        [input], output: scratch.folder.appending("out"),
        quarantine: scratch.folder.appending("bad"))
    }
    #expect(
      error?.message
        == "None of the 2 rows of '\(input)' can be taken: 2 invalid; the first reason: \(input):1:6: /a: expected an integer, found \"x\" (a string)."
    )
    #expect(error?.facts["rows"] == 2)
  }

  @Test(
    "a cancelled task reads no further, and leaves no file",
    arguments: [("in.ndjson", "[]"), ("in.json", "[]"), ("in.csv", #"["whitespace"]"#)])
  func cancellation(name: String, steps: String) async throws {
    let scratch = try Scratch()
    let text =
      switch name {
      case "in.ndjson": String(repeating: "{\"a\":1}\n", count: 300_000)
      case "in.json": "[" + String(repeating: "{\"a\":1},", count: 300_000) + "{\"a\":1}]"
      default: "a\n" + String(repeating: "1\n", count: 300_000)
      }
    let input = try scratch.file(name, text)
    let ingestion = Ingestion(
      schema: try JSONSchema.compile(schema),
      cleaning: try CleaningPipeline(try JSONValue(parsing: steps)))
    let folder = scratch.folder
    let error = await Task { () -> DatasetsError? in
      // As a signal does it, in the middle of the work.
      let cancelsItself: ProgressHandler = { _ in withUnsafeCurrentTask { $0?.cancel() } }
      do throws(DatasetsError) {
        _ = try ingestion.ingest(
          [input], output: folder.appending("out"), quarantine: folder.appending("bad"),
          progress: cancelsItself)
        return nil
      } catch {
        return error
      }
    }.value
    #expect(error?.kind == .cancelled)
    #expect(scratch.names == [name])
  }

  @Test("too many invalid rows refuse the whole and leave no file")
  func refusal() throws {
    let scratch = try Scratch()
    let input = try scratch.file("in.ndjson", "{\"a\":1}\n{}\n")
    let error = #expect(throws: DatasetsError.self) {
      _ = try Ingestion(schema: try JSONSchema.compile(schema), maxInvalid: 0.01).ingest(
        [input], output: scratch.folder.appending("out"),
        quarantine: scratch.folder.appending("bad"))
    }
    #expect(
      error?.message
        == "1 of 2 rows of '\(input)' are invalid (50.0 %); at most 1.0 % may be.")
    #expect(scratch.names == ["in.ndjson"])
  }

  @Test("the sample's feedback: 12 spoilt rows in quarantine, 15 repeated ones dropped")
  func sample() throws {
    let scratch = try Scratch()
    let schema = try SchemaFile.load(FilePath("\(sampleFolder)/schemas/feedback.json"))
    let feedback = FilePath("\(sampleFolder)/data/feedback.ndjson")
    let report = try Ingestion(schema: schema).ingest(
      [feedback], output: scratch.folder.appending("out"),
      quarantine: scratch.folder.appending("bad"))
    let lines = try scratch.text(feedback).split(separator: "\n").count
    #expect(report.rows == lines)
    #expect((report.accepted, report.duplicates, report.quarantined) == (lines - 27, 15, 12))
    let validation = try RecordValidator(schema: schema, maxErrors: 3).validate(file: feedback)
    #expect((validation.rows, validation.invalid) == (lines, 12))
    #expect(validation.violations.count == 3)
    #expect(validation.groups.map(\.violations).reduce(0, +) == validation.violationCount)
    #expect(validation.violationCount >= 12)
  }

  @Test("rows are the same bytes whether they go through values or not")
  func bothWays() throws {
    let scratch = try Scratch()
    let input = try scratch.file(
      "in.ndjson",
      """
      {"b": [1, 2.50, {"z": 0, "y": "가"}], "a": 0.8444218515250481}
      {"a": "x"}

      {"a":1e2,"c":"\\u00e9\\n"}\r
      {"a": 1,
      {"b":[1,2.5,{"y":"가","z":0}],"a":0.8444218515250481}
      {"a": -0}
      """)
    let schema = try JSONSchema.compile(["properties": ["a": ["type": "number"]]])
    var outputs: [String] = []
    // A step that does nothing sends every row through values.
    for cleaning in ["[]", #"[{"filter_length":{"min":0}}]"#] {
      let pipeline = try CleaningPipeline(try JSONValue(parsing: cleaning))
      let report = try Ingestion(schema: schema, cleaning: pipeline).ingest(
        [input], output: scratch.folder.appending("out"),
        quarantine: scratch.folder.appending("bad"))
      #expect((report.rows, report.accepted) == (6, 3))
      #expect((report.duplicates, report.quarantined, report.dropped) == (1, 2, 0))
      outputs.append(try scratch.text(scratch.folder.appending("out")))
      outputs.append(try scratch.text(scratch.folder.appending("bad")))
      outputs.append("\(report.fields.sorted { $0.key < $1.key })")
    }
    #expect(Array(outputs.prefix(3)) == Array(outputs.suffix(3)))
  }

  @Test("a violation is shown with file, line, column and pointer")
  func rendering() throws {
    let scratch = try Scratch()
    let input = try scratch.file("in.ndjson", "{\"a\":1}\n{\"가\": 0, \"a\": \"x\"}\n")
    let report = try RecordValidator(schema: try JSONSchema.compile(schema)).validate(file: input)
    #expect(
      report.text == """
        \(input):2:15: /a: expected an integer, found "x" (a string)
        \(input): 1 of 2 rows invalid, 1 violation in 1 group
        """)
  }
}

@Suite struct ProfileTests {
  @Test("a profile counts rows, fields and labels")
  func profile() throws {
    let scratch = try Scratch()
    let path = try scratch.file(
      "a.ndjson", "{\"l\":{\"x\":\"a\"},\"n\":1}\n{\"l\":{\"x\":\"a\"}}\n!\n")
    let profile = try DatasetProfile(file: path)
    #expect((profile.rows, profile.defective) == (3, 1))
    #expect(profile.fields.map(\.pointer) == ["/l", "/l/x", "/n"])
    #expect(profile.fields[1].distribution == ["a": 2])
    #expect(profile.fields[2].distribution == nil)
  }

  @Test("a row stays on its side when others come, and rows of one key stay together")
  func split() throws {
    let split = try HashSplit(key: try #require(JSONPointer("/k")), validationShare: 0.2)
    let sides = (0..<2000).map { split.side(of: ["k": .integer($0), "v": 1]) }
    for index in 0..<2000 {
      #expect(split.side(of: ["k": .integer(index), "v": 2]) == sides[index])
    }
    // Binomial(2000, 0.2): 400 ± 18; six deviations.
    #expect((292...508).contains(sides.count { $0 == .validation }))
    #expect(throws: DatasetsError.invalidShare(1)) {
      _ = try HashSplit(key: .root, validationShare: 1)
    }
  }
}
