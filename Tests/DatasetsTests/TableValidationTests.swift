import Foundation
import JSON
import JSONSchema
import SystemPackage
import Testing

@testable import Datasets

@Suite struct TableValidationTests {
  private static let schema = #"""
    {"type":"object","required":["id","label"],"additionalProperties":false,
     "properties":{"id":{"type":"integer"},"label":{"enum":["red","green"]},
                   "note":{"type":["string","null"],"maxLength":5},"share":{"type":"number"}}}
    """#

  private func report(
    _ text: String, name: String = "in.csv", schema: String = TableValidationTests.schema,
    shape: RowShape? = nil, maxErrors: Int = 20, threads: Int? = nil
  ) throws -> ValidationReport {
    let scratch = try Scratch()
    let compiled = try JSONSchema.compile(try JSONValue(parsing: schema), assertFormats: true)
    return try RecordValidator(schema: compiled, maxErrors: maxErrors, threads: threads)
      .validate(file: try scratch.file(name, text), shape: shape)
  }

  /// `line:column /pointer: reason` of each violation.
  private func places(_ report: ValidationReport) -> [String] {
    report.violations.map {
      "\($0.line):\($0.column) \($0.pointer.isEmpty ? "" : $0.pointer + ": ")\($0.reason)"
    }
  }

  @Test("a cell that is wrong is told with its own line and column, be it behind quoted line ends")
  func places() throws {
    let report = try report(
      "id,label,note\n1,red,ok\n2,\"gren\",\"a\n가,b\"\nx,green,\"two\nlines\"\n\n,red,\n")
    #expect((report.rows, report.invalid) == (4, 3))
    #expect(
      places(report) == [
        #"3:3 /label: expected one of "red", "green", found "gren"; did you mean "green"?"#,
        #"5:1 /id: expected an integer, found "x" (a string)"#,
        "5:9 /note: expected at most 5 characters, found \"two\\nlines\" (9 characters)",
        "8:1 /id: expected an integer, found an empty cell",
      ], "\(report.text)")
  }

  @Test("a cell behind one with line ends stands on the line where it begins")
  func laterLine() throws {
    let schema = #"{"properties":{"label":{"const":"red"}}}"#
    let report = try report("note,label\n\"a\nb,\",blue\nc,blue\n", schema: schema)
    #expect(report.violations.map { "\($0.line):\($0.column)" } == ["3:5", "4:3"])
    #expect(report.groups.map { [$0.violations, $0.line, $0.column] } == [[2, 3, 5]])
  }

  @Test("columns have the types that the schema gives them, through references and branches too")
  func typing() throws {
    let schema = ##"""
      {"$ref":"#/$defs/row","$defs":{"row":{"allOf":[{"properties":{"a":{"$ref":"#/$defs/count"}}}],
       "properties":{"b":{"anyOf":[{"type":"boolean"},{"type":"null"}]},"c":{"enum":[1,2]},
         "d":{"type":"string"}}},
       "count":{"type":"integer","minimum":1}}}
      """##
    let report = try report("a,b,c,d\n1,true,1,007\n2,,2,true\n0,x,3,\n", schema: schema)
    #expect((report.rows, report.invalid) == (3, 1), "\(report.text)")
    #expect(report.violations.map(\.pointer) == ["/a", "/b", "/c"])
    let compiled = try JSONSchema.compile(try JSONValue(parsing: schema))
    #expect(compiled.memberTypes["a"] == ["integer"])
    #expect(compiled.memberTypes["b"] == ["boolean", "null"])
  }

  @Test("a header that lacks a column or has one too many is told once, not for every row")
  func header() throws {
    let rows = (1...1000).map { "\($0),red" }.joined(separator: "\n")
    let report = try report("id,lable\n\(rows)\n")
    #expect((report.rows, report.invalid) == (1000, 1000))
    #expect(
      places(report) == [
        #"1:1 the header has no column "label"; it has "id", "lable"; is "lable" meant to be "label"?"#,
        #"1:4 /lable: the column "lable" is none of the schema's, which has "id", "label", "note", "share"; did you mean "label"?"#,
      ], "\(report.text)")
    #expect(report.groups.map(\.violations) == [1000, 1000])
    #expect(report.groups.map(\.name) == ["/additionalProperties at /lable", "/required"])
    #expect(report.groups.map { [$0.line, $0.column] } == [[1, 4], [1, 1]])
    #expect(!report.text.contains("more"), "\(report.text)")
    // What is wrong with the cells is told all the same.
    let mixed = try self.report("id,extra\nx,1\n2,1\n")
    #expect(mixed.violations.map(\.line) == [1, 1, 2])
    #expect(mixed.invalid == 2)
  }

  @Test(
    "a header that cannot be read is a row that is none, with its place",
    arguments: [
      ("", "1:1 a table begins with a header, found nothing"),
      ("id,label,id\n1,red,2\n", "1:10 the header names the column 'id' twice: columns 1 and 3"),
      ("id,,label\n", "1:4 the name of column 2 is empty or not valid UTF-8"),
      ("id,\"label\n", "1:4 a quote that opens on line 1 never closes"),
    ])
  func unreadableHeader(text: String, place: String) throws {
    let report = try report(text)
    #expect(places(report) == [place])
    #expect((report.rows, report.invalid) == (1, 1))
    #expect(report.groups.map(\.keyword) == ["header"])
  }

  @Test("a table without rows is valid where its header is, and conditions are nobody's fault")
  func noRows() throws {
    #expect(try report("id,label\n").isValid)
    let lacking = try report("id\n")
    #expect(!lacking.isValid)
    #expect(places(lacking) == [#"1:1 the header has no column "label"; it has "id""#])
    let conditional = #"{"if":{"properties":{"a":{"const":""}}},"then":{"required":["b"]}}"#
    #expect(try report("a\n", schema: conditional).isValid)
    #expect(try !report("a\n\"\"\n", schema: conditional).isValid)
    let united = #"{"allOf":[{"required":["b"]}]}"#
    #expect(try !report("a\n", schema: united).isValid)
  }

  @Test("a table that was read with the wrong separator says so")
  func separators() throws {
    let tabs = try report("id\tlabel\n1\tred\n")
    #expect(tabs.violations.first?.reason.hasSuffix("try --shape tsv") == true, "\(tabs.text)")
    #expect(try report("id\tlabel\n1\tred\n", shape: .tsv).isValid)
    let semicolons = try report("id;label\n1;red\n")
    #expect(semicolons.violations.first?.reason.hasSuffix("a line sep=; before the header") == true)
    #expect(try report("sep=;\nid;label\n1;red\n").isValid)
    let commas = try report("id,label\n1,red\n", shape: .tsv)
    #expect(commas.violations.first?.reason.hasSuffix("try --shape csv") == true)
  }

  @Test("records that are no rows are told and counted, and the next is read")
  func defects() throws {
    let report = try report("id,label\n1\n2,red,3\n\"3\"x,red\n4,green\n5,blue\n")
    #expect((report.rows, report.invalid) == (5, 4))
    #expect(
      places(report) == [
        "2:1 expected 2 fields, found 1", "3:1 expected 2 fields, found 3",
        "4:4 expected a separator after the quote that closes a field",
        #"6:3 /label: expected one of "red", "green", found "blue""#,
      ], "\(report.text)")
    #expect(report.groups.map(\.keyword) == ["syntax", "enum"])
    #expect(report.groups.map(\.rows) == [3, 1])
  }

  @Test("large tables are told alike by any number of threads, capped and counted whole")
  func large() throws {
    let rows = (1...30_000).map { "\($0 % 7 == 0 ? "x" : "\($0)"),\"re\(d($0))\",\"a\nb\"" }
    let text = "id,label,note\n" + rows.joined(separator: "\n")
    let one = try report(text, maxErrors: 3, threads: 1)
    let many = try report(text, maxErrors: 3, threads: 5)
    #expect(one.invalid == (1...30_000).count { $0 % 7 == 0 || $0 % 11 == 0 })
    #expect(one.violations.map(\.line) == [14, 22, 28])
    #expect(one.groups.map(\.violations).reduce(0, +) == one.violationCount)
    #expect(
      one.violationCount == (1...30_000).count { $0 % 7 == 0 } + (1...30_000).count { $0 % 11 == 0 }
    )
    #expect(many.violations.map(\.reason) == one.violations.map(\.reason))
    #expect(many.groups == one.groups)
    #expect(many.text.contains("… and "))
  }

  private func d(_ index: Int) -> String { index % 11 == 0 ? "dd" : "d" }

  @Test("a table and the same rows as NDJSON have the same verdict, row by row")
  func agreement() throws {
    let table = try report("id,label,share\n1,red,0.5\nx,green,1\n3,blue,1e2\n4,red,\n")
    let lines = try report(
      """
      {"id":1,"label":"red","share":0.5}
      {"id":"x","label":"green","share":1}
      {"id":3,"label":"blue","share":1e2}
      {"id":4,"label":"red","share":""}
      """, name: "in.ndjson")
    #expect((table.rows, table.invalid) == (lines.rows, lines.invalid))
    #expect(table.violations.map(\.pointer) == lines.violations.map(\.pointer))
    #expect(table.groups.map(\.schemaPointer) == lines.groups.map(\.schemaPointer))
  }

  /// A table whose cells are hard to tell from each other, some of its records no rows.
  private func oddTable(_ count: Int) -> [UInt8] {
    let cells: [[UInt8]] =
      [
        "1", "-0", "1.0", "1e2", "007", "1 ", "2.50", "99999999999999999999", "true", "TRUE",
        "null",
        "", "red", "gren", "\"a\"\"b\"", "\"two\nlines\"", "back\\slash", "\u{1}\t", "가나다", "\"\"",
        "2026-02-29", "2026-02-28", "open\"quote", "\"x\"y", "🙂🙂🙂🙂🙂🙂", "[1]", "{}",
      ].map { Array($0.utf8) } + [[0xFF], [0xC3]]
    var state: UInt64 = 20_261_121
    func next() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33)
    }
    var text = Array("id,label,note,share,\"we\"\"ird\",at\n".utf8)
    for _ in 0..<count {
      let width = next() % 40 == 0 ? 5 : 6
      let isGood = next() % 2 == 0
      let good = ["\(next() % 9)", "red", "ok", "0.25", "free", "2026-02-28"].map { Array($0.utf8) }
      for column in 0..<width {
        if column > 0 { text.append(UInt8(ascii: ",")) }
        text += isGood || next() % 3 > 0 ? good[column] : cells[next() % cells.count]
      }
      text.append(0x0A)
    }
    return text
  }

  @Test("records that are walked as JSON and records that become values are told alike")
  func walked() throws {
    let text = oddTable(6_000)
    let scratch = try Scratch()
    let file = try scratch.file("in.csv", text)
    let open = TableValidationTests.schema.replacing("\"additionalProperties\":false,", with: "")
      .replacing("\"share\":{", with: "\"at\":{\"format\":\"date\"},\"share\":{\"maximum\":2.5,")
    for schema in [TableValidationTests.schema, open] {
      var both: [ValidationReport] = []
      for more in ["", "\"unevaluatedItems\":true,"] {
        let text = schema.replacing("{\"type\":\"object\"", with: "{\(more)\"type\":\"object\"")
        let compiled = try JSONSchema.compile(try JSONValue(parsing: text), assertFormats: true)
        #expect(compiled.isFlat == more.isEmpty)
        both.append(
          try RecordValidator(schema: compiled, maxErrors: 500, threads: 2).validate(file: file))
      }
      #expect(both[0].rows == both[1].rows && both[0].invalid == both[1].invalid)
      #expect(both[0].json == both[1].json)
      // The first forbids columns that the table has.
      #expect(schema == open ? both[0].valid > 1_000 : both[0].valid == 0)
    }
    #expect(
      try report(
        "a\n\(String(repeating: "x", count: 400_000))\ny\n",
        schema: #"{"properties":{"a":{"maxLength":5}}}"#
      ).invalid == 1)
  }

  @Test("the nearest branch is in the JSON, in JUnit's report and in the annotations")
  func nearestBranch() throws {
    let schema = ##"""
      {"properties":{"answer":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/number"}]}},
       "$defs":{"number":{"type":"object","properties":{"value":{"type":"number"}}}}}
      """##
    let report = try report(
      "{\"answer\": null}\n{\"answer\": {\"value\": \"abc\"}}\n", name: "in.ndjson", schema: schema)
    let sentence =
      "/answer: matches none of 2 branches of anyOf; nearest is branch 2 (/$defs/number): "
      + "/answer/value: expected a number, found \"abc\" (a string)"
    #expect(report.violations.map { "\($0.line):\($0.column)" } == ["2:12"])
    #expect(report.text.contains(":2:12: \(sentence)\n"), "\(report.text)")
    let nearest = report.json["violations"]?.array?.first?["nearest"]
    #expect(nearest?["branch"] == 2)
    #expect(nearest?["schema_pointer"] == "/$defs/number")
    let cause = nearest?["violations"]?.array?.first
    #expect(cause?["pointer"] == "/answer/value" && cause?["line"] == 2 && cause?["column"] == 22)
    #expect(ValidationReport.annotations([report]).contains("col=12::\(sentence)"))
    #expect(ValidationReport.junit([report]).contains("nearest is branch 2 (/$defs/number)"))
  }

  @Test("the cells of a column without a type whose numbers are limited are numbers")
  func limitedNumbers() throws {
    for demand in [
      #"{"maximum":5}"#, #"{"exclusiveMinimum":9}"#, #"{"multipleOf":2}"#,
      #"{"allOf":[{"maximum":5}]}"#, ##"{"$ref":"#/$defs/n"}"##,
    ] {
      let schema = #"{"$defs":{"n":{"minimum":9}},"properties":{"n":\#(demand)}}"#
      let wide = demand.contains("maximum") || demand.contains("multipleOf")
      let report = try report("n\n\(wide ? "18446744073709551617" : "7")\nx\n", schema: schema)
      #expect((report.rows, report.invalid) == (2, 1), "\(demand)")
      #expect(report.violations.map(\.line) == [2], "\(report.text)")
    }
    // A type that is declared is what is meant.
    let text = #"{"properties":{"n":{"type":"string","maximum":5}}}"#
    #expect(try report("n\n7\n", schema: text).isValid)
    #expect(try report("n\n7\n", schema: #"{"properties":{"n":{"minLength":1}}}"#).isValid)
  }

  @Test("a header that does not fit is no row")
  func headerWithoutRows() throws {
    let report = try report("id\n")
    #expect((report.rows, report.invalid, report.violationCount) == (0, 0, 1))
    #expect(report.groups.map(\.rows) == [0] && !report.isValid)
    #expect(
      report.text.hasSuffix(": no rows, and a header that does not fit, 1 violation in 1 group"),
      "\(report.text)")
    #expect(report.json["rows"] == 0 && report.json["invalid"] == 0)
    #expect(ValidationReport.annotations([report]).contains("::error file="))
    #expect(ValidationReport.junit([report]).contains("failures=\"1\""))
  }

  @Test("a record with another number of fields says how many there should be")
  func fieldCount() throws {
    let schema = #"{"properties":{"a":{}}}"#
    #expect(
      try report("a\n1,2\n", schema: schema).violations.first?.reason
        == "expected 1 field, found 2")
  }
}
