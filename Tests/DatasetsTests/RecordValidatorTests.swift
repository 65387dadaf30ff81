import Foundation
import JSON
import JSONSchema
import MLOpsCore
import SystemPackage
import Testing

@testable import Datasets

@Suite struct RecordValidatorTests {
  private let schema: JSONValue = [
    "type": "object", "required": ["a"], "properties": ["a": ["type": "integer"]],
  ]

  private func validator(maxErrors: Int = 20, threads: Int? = nil) throws -> RecordValidator {
    RecordValidator(
      schema: try JSONSchema.compile(schema), maxErrors: maxErrors, threads: threads)
  }

  /// Rows of which every seventh is invalid and every eleventh no JSON; some are blank.
  private func rows(_ count: Int) -> String {
    (1...count).map { index in
      if index % 11 == 0 { return "{\"a\":" }
      if index % 7 == 0 { return "{\"a\":\"\(index)\"}" }
      return index % 13 == 0
        ? "" : "{\"a\":\(index),\"b\":\"\(String(repeating: "x", count: index % 90))\"}"
    }.joined(separator: "\n")
  }

  @Test("the report does not depend on the number of threads or the size of pieces")
  func threads() throws {
    let scratch = try Scratch()
    let file = try scratch.file("in.ndjson", rows(20_000))
    let one = try validator(threads: 1).validate(file: file)
    #expect(one.rows == 20_000 - (1...20_000).count { $0 % 13 == 0 && $0 % 7 > 0 && $0 % 11 > 0 })
    #expect(one.groups.first { $0.keyword == "syntax" }?.rows == 20_000 / 11)
    #expect(one.groups.first { $0.keyword == "type" }?.line == 7)
    #expect(one.violations.map(\.line).prefix(4) == [7, 11, 14, 21])
    for threads in [2, 3, 8] {
      let more = try validator(threads: threads).validate(file: file)
      #expect(more.text == one.text)
      #expect(more.json == one.json)
    }
  }

  @Test("a row with very many violations is told of in a moment", .timeLimit(.minutes(1)))
  func manyViolations() throws {
    let scratch = try Scratch()
    let text = "[\(Array(repeating: "\"x\"", count: 16_000).joined(separator: ",\n"))]"
    let file = try scratch.file("in.ndjson", text.replacing("\n", with: " "))
    let validator = RecordValidator(
      schema: try JSONSchema.compile(["items": ["type": "integer"]]), maxErrors: 3)
    let report = try validator.validate(file: file)
    #expect(report.violations.map(\.pointer) == ["/0", "/1", "/2"])
    #expect(report.violations.map(\.column) == [2, 7, 12])
  }

  @Test("a schema is a file or pipe of at most 16 MB", .timeLimit(.minutes(1)))
  func endlessSchema() throws {
    let scratch = try Scratch()
    let zero = #expect(throws: DatasetsError.self) { try SchemaDocument(file: "/dev/zero") }
    #expect(zero?.message == "'/dev/zero': expected a file, found a device.")
    let long = try scratch.file("long.json", [UInt8](repeating: 0x20, count: 16 << 20) + [0x31])
    let error = #expect(throws: DatasetsError.self) { try SchemaDocument(file: long) }
    #expect(error?.message.contains("found a larger one") == true)
    let folder = #expect(throws: DatasetsError.self) {
      try SchemaDocument(file: scratch.folder)
    }
    #expect(folder?.message.contains("expected a file, found a folder") == true)
    // Not the environment's fault, but the wrong thing was given.
    for refused in [zero, error, folder] {
      #expect((refused?.code, refused?.kind) == ("datasets.unfit_file", .invalidInput))
    }
    let missing = #expect(throws: DatasetsError.self) {
      try SchemaDocument(file: scratch.folder.appending("none.json"))
    }
    #expect(missing?.code == "datasets.file_failed")
  }

  @Test("gzip and Zstandard, several members of them too, are read like the plain text")
  func compressed() throws {
    let scratch = try Scratch()
    let text = rows(5_000)
    let plain = try validator().validate(file: try scratch.file("in.ndjson", text + "\n"))
    for (command, name) in [("gzip -c", "in.ndjson.gz"), ("zstd -c", "in.ndjson.zst")] {
      let half = try scratch.file("half", Array(text.utf8.prefix(100_000)))
      let rest = try scratch.file("rest", Array((text + "\n").utf8.dropFirst(100_000)))
      let target = scratch.folder.appending(name)
      let made = try shell(
        "\(command) '\(half)' > '\(target)' && \(command) '\(rest)' >> '\(target)'")
      guard made else { continue }  // zstd's command is not on every machine
      let report = try validator().validate(file: target)
      #expect(report.groups == plain.groups)
      #expect((report.rows, report.invalid) == (plain.rows, plain.invalid))
      // Cut off in the middle, and spoilt.
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: target.string)))
      let cut = try scratch.file("cut-" + name, Array(bytes.dropLast(9)))
      var spoilt = bytes
      for index in 2_000..<2_050 { spoilt[index] ^= 0x5A }
      for file in [cut, try scratch.file("spoilt-" + name, spoilt)] {
        #expect { try validator().validate(file: file) } throws: {
          ($0 as? DatasetsError)?.code == "datasets.damaged_archive"
        }
      }
    }
  }

  private func shell(_ script: String) throws -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  @Test("an array's elements are rows, with their own places")
  func arrays() throws {
    let scratch = try Scratch()
    let file = try scratch.file(
      "in.json",
      """
      [ {"a": 1},
        {"a":
           "x,]y"}, {"a": [1, {"b": "\\"]"}]},
        5 6, "가", {"b": 1}
      ]

      """)
    let report = try validator().validate(file: file)
    #expect(report.rows == 6)
    #expect(
      report.violations.map { [$0.line, $0.column] } == [
        [3, 6], [3, 21], [4, 5], [4, 8], [4, 13],
      ],
      "\(report.text)")
    #expect(report.violations[0].pointer == "/a")
    #expect(report.violations[2].keyword == "syntax")
  }

  @Test(
    "mistakes between elements are rows that are no JSON",
    arguments: [
      ("[]", 0, 0), ("\u{FEFF}[{\"a\":1}]", 1, 0), ("[{\"a\":1}]", 1, 0), ("[{\"a\":1},]", 2, 1),
      ("[,{\"a\":1}]", 2, 1),
      ("[{\"a\":1}", 2, 1), ("[{\"a\":1}] x", 2, 1), ("[{\"a\":1", 1, 1), ("[{\"a\":1}}]", 1, 1),
      ("[{\"a\":1},,{\"a\":2}]", 3, 1), ("[\"a", 1, 1), ("[", 1, 1), ("[{\"a\":1}] ]", 2, 1),
    ])
  func brokenArrays(text: String, rows: Int, invalid: Int) throws {
    let scratch = try Scratch()
    let report = try validator().validate(file: try scratch.file("in.json", text))
    #expect((report.rows, report.invalid) == (rows, invalid), "\(report.text)")
  }

  @Test(
    "an array that breaks off is told where it does, by what was expected there",
    arguments: [
      (
        "[{\"a\":1},\n {\"a\":3,]",
        "2:9: expected a string as the name of a member; the array is not closed"
      ),
      ("[{\"a\":1}\n", "2:1: the array is not closed"), ("[", "1:2: the array is not closed"),
      ("[{\"a\":1}, 12", "1:11: the array is not closed"),
      ("[{\"a\":1},\n", "2:1: expected a value after ','; the array is not closed"),
      ("[{\"a\":1},\n]", "2:1: expected a value, found ']'"),
      ("[{\"a\":1}] x", "1:11: expected the end of the text after the array, found 'x'"),
    ])
  func brokenOff(text: String, place: String) throws {
    let scratch = try Scratch()
    let report = try validator().validate(file: try scratch.file("in.json", text))
    #expect(report.violations.map { "\($0.line):\($0.column): \($0.reason)" } == [place])
  }

  @Test("a large array is cut alike wherever the pieces end")
  func largeArray() throws {
    let scratch = try Scratch()
    let elements = (0..<30_000).map { "{\"a\": \($0 % 9 == 0 ? "\"\\\\\"" : "\($0)")}" }
    let file = try scratch.file("in.json", "[\n" + elements.joined(separator: ",\n") + "\n]\n")
    let report = try validator(threads: 2).validate(file: file)
    #expect((report.rows, report.invalid) == (30_000, 3_334))
    #expect(report.violations.map(\.line).prefix(3) == [2, 11, 20])
  }

  @Test("a byte-order mark, CRLF and a last line without end are no mistakes")
  func marks() throws {
    let scratch = try Scratch()
    let file = try scratch.file("in.ndjson", "\u{FEFF}{\"a\":1}\r\n\r\n{\"a\":2}\r\n{\"a\":3}")
    let report = try validator().validate(file: file)
    #expect((report.rows, report.invalid) == (3, 0), "\(report.text)")
  }

  @Test("a row longer than a piece is read, and lines are counted on")
  func longRow() throws {
    let scratch = try Scratch()
    let long = "{\"a\":1,\"b\":\"" + String(repeating: "가", count: 400_000) + "\"}"
    let file = try scratch.file(
      "in.ndjson", "{\"a\":1}\n" + long + "\n{\"a\":\"x\"}\n" + long + "\n{\"a\":2}\n")
    let report = try validator(threads: 2).validate(file: file)
    #expect((report.rows, report.invalid) == (5, 1))
    #expect(report.violations.first?.line == 3)
  }

  @Test("one value over many lines is one row")
  func document() throws {
    let scratch = try Scratch()
    let report = try validator().validate(
      file: try scratch.file("in.json", "{\n \"a\":\n  true\n}\n"))
    #expect((report.rows, report.invalid) == (1, 1))
    #expect(report.violations.first?.line == 3)
  }

  @Test("the violations of a row are told in the order of the row, whatever the schema's is")
  func order() throws {
    let schema = try JSONSchema.compile([
      "properties": ["a": ["type": "null"], "z": ["type": "null"]], "required": ["b"],
    ])
    let scratch = try Scratch()
    let report = try RecordValidator(schema: schema, maxErrors: 2).validate(
      file: try scratch.file("in.ndjson", "{\"z\":1,\"a\":2}\n"))
    #expect(report.violations.map(\.column) == [1, 6])
  }

  @Test("invalid UTF-8 spoils its own row only")
  func invalidUTF8() throws {
    let scratch = try Scratch()
    var bytes = Array("{\"a\":1}\n{\"a\":2,\"b\":\"".utf8)
    bytes += [0xFF, 0xC0] + Array("\"}\n{\"a\":3}\n{\"a\":4,\"b\":\"open\n{\"a\":5}\n".utf8)
    let report = try validator().validate(file: try scratch.file("in.ndjson", bytes))
    #expect((report.rows, report.invalid) == (5, 2))
    #expect(report.violations.map(\.line) == [2, 4])
  }

  @Test("reports for continuous integration are well-formed")
  func reports() throws {
    let scratch = try Scratch()
    let file = try scratch.file("in.ndjson", "{\"a\":\"<&\\u0001%\"}\n{\n{\"a\":1}\n")
    let report = try validator().validate(file: file)
    let xml = ValidationReport.junit([report])
    let parser = XMLCheck()
    #expect(parser.isWellFormed(xml), "\(xml)")
    #expect(xml.contains("failures=\"2\""))
    let annotations = ValidationReport.annotations([report]).split(separator: "\n")
    #expect(annotations.count == 3)
    #expect(annotations[0].hasPrefix("::error file=\(file),line=1,col=6::/a: expected an integer"))
    #expect(!annotations[0].contains("% "))
  }
}

/// Whether a text is balanced XML, by Python's parser, which every machine has that builds this.
private struct XMLCheck {
  func isWellFormed(_ text: String) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c", "import sys, xml.dom.minidom; xml.dom.minidom.parseString(sys.argv[1])",
      text,
    ]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
