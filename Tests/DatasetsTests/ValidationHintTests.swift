import Foundation
import JSON
import JSONSchema
import MLOpsCore
import SystemPackage
import Testing

@testable import Datasets

@Suite struct ValidationHintTests {
  private func report(
    _ bytes: [UInt8], name: String = "in.ndjson", shape: RowShape? = nil,
    schema: JSONValue = ["properties": ["a": ["type": "integer"]]]
  ) throws -> ValidationReport {
    let scratch = try Scratch()
    return try RecordValidator(schema: try JSONSchema.compile(schema)).validate(
      file: try scratch.file(name, bytes), shape: shape)
  }

  /// What the program gzip makes of some bytes.
  private func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
    let scratch = try Scratch()
    let file = try scratch.file("plain", bytes)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-k", file.string]
    try process.run()
    process.waitUntilExit()
    return Array(try Data(contentsOf: URL(fileURLWithPath: file.string + ".gz")))
  }

  private func utf16(_ text: String, isBig: Bool, hasMark: Bool) -> [UInt8] {
    let units = (hasMark ? [0xFEFF] : []) + Array(text.utf16)
    return units.flatMap { unit in
      let bytes = [UInt8(unit >> 8), UInt8(truncatingIfNeeded: unit)]
      return isBig ? bytes : bytes.reversed()
    }
  }

  @Test("UTF-16 is told by its mark or its zeros, with what converts it", arguments: [true, false])
  func encoding(isBig: Bool) throws {
    for (hasMark, name) in [(true, "UTF-16"), (false, isBig ? "UTF-16BE" : "UTF-16LE")] {
      for file in ["in.ndjson", "in.csv", "in.json"] {
        let bytes = utf16("{\"a\": 1, \"b\": \"수\"}\n", isBig: isBig, hasMark: hasMark)
        let error = #expect(throws: DatasetsError.self) { try report(bytes, name: file) }
        #expect(
          error?.message.contains("convert it with iconv -f \(name) -t UTF-8") == true,
          "\(error?.message ?? "")")
      }
    }
    // A zero here and there is a mistake in its row.
    #expect(try report(Array("{\"a\":1}\n{\"a\u{0}\":1}\n{\"a\":2}\n".utf8)).invalid == 1)
  }

  @Test(
    "what is the matter with the file as a whole is said once",
    arguments: [
      (
        "{\n  \"a\": 1\n}\n", "in.ndjson",
        "over several lines (its name says one row a line): read it with --shape json"
      ),
      ("[\n  {\"a\": 1}\n]\n", "in.jsonl", "--shape array"),
      ("{\"a\":\n1}", "in.ndjson", "--shape json"),
      ("", "in.ndjson", "the file is empty"), ("", "in.json", "the file is empty"),
      ("\n \r\n", "in.ndjson", "the file has nothing but blank lines"),
      ("{\"a\":1}\r{\"a\":2}\r", "in.ndjson", #"tr '\r' '\n'"#),
    ])
  func hints(text: String, name: String, hint: String) throws {
    let report = try report(Array(text.utf8), name: name)
    #expect(
      report.hints.count == 1 && report.hints.first?.contains(hint) == true, "\(report.hints)")
    #expect(report.text.contains("hint: \(report.hints.first ?? "-")\n"))
    #expect(report.json["hints"]?.array?.count == 1)
    #expect(ValidationReport.annotations([report]).contains("::warning file="))
  }

  @Test("what a hint names does read the file")
  func followed() throws {
    #expect(try report(Array("{\n\"a\": 1\n}".utf8), shape: .document).isValid)
    #expect(try report(Array("[\n{\"a\": 1}\n]".utf8), shape: .array).rows == 1)
    #expect(try report(Array("{\"a\":1}\n{\"a\":2}\n".utf8)).hints == [])
  }

  @Test("a long value over several lines is told by its first line, a broken one is not")
  func long() throws {
    let member = "  \"b\": \"\(String(repeating: "x", count: 70_000))\",\n"
    let long = try report(Array("{\n\(member)\"a\": 1}\n".utf8))
    #expect(long.hints.first?.contains("seems to be one JSON value") == true, "\(long.hints)")
    #expect(try report(Array("{\n\"a\": \n".utf8)).hints == [])
  }

  @Test(
    "a first line sep=; says what separates the fields, and lines are counted with it",
    arguments: [
      ("sep=;\nb;a\n1;x\n", ";"), ("sep=,\nb,a\n1,x\n", ","),
      ("\u{FEFF}sep=\t\r\nb\ta\r\n1\tx\r\n", "\t"),
    ])
  func separator(text: String, separator: String) throws {
    let report = try report(Array(text.utf8), name: "in.csv")
    #expect(report.rows == 1)
    #expect(report.violations.map { "\($0.line):\($0.column) \($0.pointer)" } == ["3:3 /a"])
    let scratch = try Scratch()
    var reader = try TableReader(try scratch.file("in.csv", text))
    #expect(try reader.next()?.content.get() == ["a": "x", "b": "1"])
  }

  @Test("a column may be called sep=")
  func column() throws {
    let report = try report(Array("sep=,a\n1,x\n".utf8), name: "in.csv")
    #expect((report.rows, report.invalid) == (1, 1))
  }

  @Test(
    "what is wrong with the form of a whole file is told with what mends it",
    arguments: [
      ("[{\"a\":1},{\"a\":2}]\n", "in.ndjson", "with --shape array"),
      ("{\n\"a\":1\n}\n{\n\"a\":2\n}\n", "in.ndjson", "with jq -c ."),
      ("{\n\"a\":1\n}\n{\n\"a\":2\n}\n", "in.txt", "with jq -c ."),
      ("{\"a\":1},\n{\"a\":2},\n", "in.ndjson", "sed 's/,[[:space:]]*$//'"),
      ("a,b\n1,2\n", "in.txt", "with --shape csv"), ("a\tb\n1\t2\n", "in", "with --shape tsv"),
      ("a;b\n1;2\n", "in.txt", "with --shape csv, with a line sep=;"),
    ])
  func forms(text: String, name: String, hint: String) throws {
    let report = try report(Array(text.utf8), name: name, schema: ["type": "object"])
    #expect(!report.isValid)
    #expect(
      report.hints.count == 1 && report.hints.first?.contains(hint) == true, "\(report.hints)")
  }

  @Test("rows that may be arrays, and ones that are wrong by themselves, have no such hints")
  func noHints() throws {
    #expect(try report(Array("[1]\n".utf8)).hints == [])
    for text in ["{\"a\":1}\n{\"a\":}\n", "[1]\n[2]\n", "{\"a\":1},{\"a\":2}\n"] {
      let report = try report(Array(text.utf8), schema: ["type": "object"])
      #expect(!report.isValid && report.hints == [], "\(report.hints)")
    }
  }

  @Test(
    "what is packed in a way that is not undone is told by name, with what unpacks it",
    arguments: [
      ([0x50, 0x4B, 3, 4, 0], "unzip"), (Array("BZh91AY".utf8), "bunzip2"),
      ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "unxz"),
    ])
  func packed(bytes: [UInt8], tool: String) throws {
    for name in ["in.ndjson", "in.csv", "in"] {
      let error = #expect(throws: DatasetsError.self) { try report(bytes, name: name) }
      #expect(
        error?.message.contains("unpack it first with \(tool)") == true, "\(error?.message ?? "")")
      #expect(error?.kind == .invalidInput)
    }
  }

  @Test("what is compressed twice is told so")
  func packedTwice() throws {
    let once = try gzip(Array("{\"a\":1}\n".utf8))
    #expect(try report(once).isValid)
    let error = #expect(throws: DatasetsError.self) { try report(try gzip(once)) }
    #expect(error?.message.contains("compressed twice") == true, "\(error?.message ?? "")")
  }

  @Test("a text of nothing has no rows, unless it was said to be a value or a table")
  func nothing() throws {
    for name in ["in.ndjson", "in.json", "in.txt", "in"] {
      for text in ["", "\n \n"] {
        let report = try report(Array(text.utf8), name: name)
        #expect(report.isValid && report.rows == 0 && report.hints.count == 1, "\(name) \(report)")
      }
    }
    #expect(try !report([], shape: .document).isValid)
    #expect(try !report([], shape: .csv).isValid)
  }

  @Test("a line sep= that names no separator, or two, is no header", arguments: ["sep=", "sep=ab"])
  func noSeparator(line: String) throws {
    let report = try report(Array("\(line)\na,b\n1,2\n".utf8), name: "in.csv")
    #expect(report.violations.map { "\($0.line):\($0.column) \($0.keyword)" } == ["1:5 header"])
    #expect(report.violations.first?.reason.contains("such as sep=;") == true)
  }
}
