import Foundation
import JSON
import JSONSchema
import MLOpsCore
import Testing

@testable import Datasets

@Suite struct ValidationGroupTests {
  private func report(
    _ text: String, _ schema: String, name: String = "in.ndjson", maxErrors: Int = 20,
    threads: Int = 1
  ) throws -> ValidationReport {
    let scratch = try Scratch()
    let compiled = try JSONSchema.compile(try JSONValue(parsing: schema))
    return try RecordValidator(schema: compiled, maxErrors: maxErrors, threads: threads)
      .validate(file: try scratch.file(name, text))
  }

  private static let schema = #"""
    {"required":["id"],"properties":{"id":{"type":"integer","minimum":1},
      "items":{"items":{"properties":{"price":{"type":"number"}}}}}}
    """#

  /// `violations/rows name line:column` of each group.
  private func groups(_ report: ValidationReport) -> [String] {
    report.groups.map { "\($0.violations)/\($0.rows) \($0.name) \($0.line):\($0.column)" }
  }

  @Test("every violation of every row is counted, with its rows and its first place")
  func counts() throws {
    let text = """
      {"id":1}
      {"id":0,"items":[{"price":"a"},{"price":1},{"price":"가"}]}

      {"items":[{"price":null}], "id":"x"}
      {"가":1}
      nonsense

      """
    let report = try report(text, Self.schema, maxErrors: 2)
    #expect(
      groups(report) == [
        "3/2 /properties/items/items/properties/price/type at /items/*/price 2:27",
        "1/1 syntax 6:1", "1/1 /properties/id/minimum at /id 2:7",
        "1/1 /properties/id/type at /id 4:33", "1/1 /required 5:1",
      ])
    #expect(report.violationCount == 7 && report.violations.count == 2 && report.invalid == 4)
    let lines = report.text.split(separator: "\n")
    #expect(lines[2] == "… and 5 more violations")
    #expect(lines.last?.hasSuffix(": 4 of 5 rows invalid, 7 violations in 5 groups") == true)
    #expect(report.text.contains("  3 × /properties/items/items/properties/price/type at "))
  }

  @Test("text, JSON, JUnit and GitHub's annotations have the same numbers")
  func agreement() throws {
    let text = "{\"id\":0}\n{\"id\":\"x\"}\n{\"id\":\"y\"}\n"
    let report = try report(text, Self.schema, maxErrors: 1)
    let json = report.json
    #expect(json["violation_count"] == 3 && json["violations_in_other_groups"] == 0)
    let first = json["groups"]?.array?.first
    #expect(first?["violations"] == 2 && first?["rows"] == 2 && first?["pointer"] == "/id")
    #expect(first?["first_line"] == 2 && first?["first_column"] == 7)
    let xml = ValidationReport.junit([report])
    #expect(xml.contains("tests=\"2\" failures=\"2\" errors=\"0\""))
    #expect(xml.contains("2 violations in 2 rows, first at \(report.file):2:7\""), "\(xml)")
    #expect(xml.contains("3 of 3 rows invalid, 3 violations in 2 groups"))
    let annotations = ValidationReport.annotations([report])
    #expect(annotations.contains("3 of 3 rows invalid, 3 violations in 2 groups%0A  2 × "))
  }

  @Test("more kinds than are told apart are counted all the same, whatever the threads")
  func manyKinds() throws {
    let rows = (0..<40_000).map { "{\"n\($0 % 5_000)\":1,\"id\":\($0 % 2)}" }
    let text = rows.joined(separator: "\n")
    let schema = #"{"properties":{"id":{"minimum":1}},"additionalProperties":false}"#
    let one = try report(text, schema)
    #expect(one.groups.count == 1_000)
    #expect(one.groups.first?.violations == 20_000)
    #expect(one.violationCount == 60_000)
    #expect(one.otherViolations == 60_000 - 20_000 - 999 * 8)
    #expect(one.groups.reduce(one.otherViolations) { $0 + $1.violations } == 60_000)
    #expect(one.text.contains("more violations in other groups"), "\(one.text)")
    #expect(one.text.hasSuffix("60,000 violations in more than 1,000 groups"))
    let xml = ValidationReport.junit([one])
    #expect(xml.contains("failures=\"1001\"") && xml.contains("in other groups"))
    for threads in [2, 5] {
      let more = try report(text, schema, threads: threads)
      #expect(more.groups.map(\.json) == one.groups.map(\.json))
      #expect(more.otherViolations == one.otherViolations)
    }
  }

  @Test("of a row with a million violations it is said that there are at least so many")
  func hostileRow() throws {
    let row = "[\(Array(repeating: "1", count: 1_000_000).joined(separator: ","))]"
    for schema in [#"{"items":false}"#, #"{"items":false,"unevaluatedItems":true}"#] {
      let report = try report("\(row)\n[2]\n", schema, maxErrors: 1)
      #expect(report.violationCount == 10_001 && report.cutRows == 1 && report.invalid == 2)
      #expect(report.text.contains("… and at least 10,000 more violations"))
      #expect(report.text.hasSuffix("2 of 2 rows invalid, at least 10,001 violations in 1 group"))
      #expect(report.json["cut_rows"] == 1)
    }
  }

  @Test("elements of an array have their own first places")
  func array() throws {
    let report = try report(
      "[ {\"id\": 1},\n {\"id\":\n   \"x\"}, 5 6, {\"id\":\"y\"}\n]", Self.schema, name: "in.json")
    #expect(groups(report) == ["2/2 /properties/id/type at /id 3:4", "1/1 syntax 3:12"])
  }

  @Test("names from the data are cut, and cannot command a terminal")
  func hostileNames() throws {
    let name = "\\u001b[31m" + String(repeating: "x", count: 10_000)
    let report = try report("{\"\(name)\":1}\n", #"{"additionalProperties":false}"#)
    let group = try #require(report.groups.first)
    #expect(group.name.utf8.count < 300 && group.name.contains("\\u{1b}"), "\(group.name)")
  }

  @Test("a file that could not be read is told of in every format, without counts")
  func failure() {
    let error = DatasetsError.fileFailed(path: "x<y", operation: "opened", reason: "No such file")
    let report = ValidationReport(file: "x<y", failure: FailureReport(error))
    #expect(!report.isValid)
    #expect(report.text == "x<y: not checked, since it could not be read")
    #expect(report.json["error"]?["code"] == "datasets.file_failed")
    #expect(report.json["rows"] == nil)
    let xml = ValidationReport.junit([report])
    #expect(xml.contains("tests=\"1\" failures=\"0\" errors=\"1\""), "\(xml)")
    #expect(xml.contains("<error message=\"'x&lt;y' could not be opened"))
    #expect(ValidationReport.annotations([report]).hasPrefix("::error file=x<y::'x<y' could not"))
  }

  @Test(
    "a group's first place is the first in the text, in whatever order schemas come by it",
    arguments: [
      // Escapes in names are left to the evaluator, which goes through members by their names.
      (#"{"additionalProperties":{"type":"integer"}}"#, 18),
      (#"{"patternProperties":{"":{"type":"integer"}}}"#, 18),
      (#"{"propertyNames":{"maxLength":1}}"#, 18),
      (#"{"unevaluatedProperties":{"type":"integer"}}"#, 18),
    ])
  func firstOfEscaped(schema: String, column: Int) throws {
    // All of them come before the first one by name.
    let names = (0..<12).map { "\"\\u006\($0 % 9 + 1)\($0)\": \"x\"" }
    let first = #"{"\uc81c\ubaa9": "x", "# + names.joined(separator: ", ") + "}"
    let report = try report("\(first)\n", schema)
    let places = report.violations.map(\.column)
    #expect(places.count == 13 && places.first == column, "\(places)")
    #expect(report.groups.map(\.column) == [column])
  }

  @Test("a walk that comes by a value later than by one behind it has the first place all the same")
  func firstOfWalks() throws {
    let schema = #"""
      {"$defs":{"n":{"type":"integer"}},
        "allOf":[{"patternProperties":{"^b":{"$ref":"#/$defs/n"}}},
          {"patternProperties":{"^a":{"$ref":"#/$defs/n"}}}]}
      """#
    let report = try report("{\"a\": \"x\", \"b\": \"y\"}\n", schema)
    #expect(groups(report) == ["2/1 /$defs/n/type at /* 1:7"])
  }

  @Test("long names are cut where they are printed, and whole in the JSON")
  func longNames() throws {
    let name = String(repeating: "n", count: 100_000)
    let wrong = try report(
      "{\"\(name)\":{\"a\":1}}\n", #"{"additionalProperties":{"maxProperties":0}}"#)
    #expect(wrong.text.utf8.count < 1_000, "\(wrong.text.utf8.count)")
    #expect(wrong.violations.first?.json["pointer"] == .string("/" + name))
    let twice = try report("{\"\(name)\":1,\"\(name)\":2}\n", "{}")
    #expect(twice.text.utf8.count < 1_000 && twice.invalid == 1)
    let table = try report(
      "\(name),b\n1,2\n", #"{"required":["c"],"properties":{"c":{}}}"#, name: "in.csv")
    #expect(table.text.utf8.count < 1_000 && table.invalid == 1)
  }
}
