import Foundation
import JSON
import Testing

@testable import Evaluation

@Suite("Templates of task files")
struct JinjaTemplateTests {
  private static func render(_ template: String, _ values: [String: PythonValue] = [:])
    throws(JinjaFault) -> String
  {
    try JinjaRenderer.render(try JinjaTemplate(template), values)
  }

  @Test("render what Jinja renders, and fail where it fails")
  func agreeWithJinja() throws {
    let fixture = try ImportFixture.read("jinja.json")
    let members = try #require(fixture["document"]?.object)
    let document = members.mapValues(PythonValue.init)
    let cases = try ImportFixture.list("cases", of: "jinja.json")
    #expect(cases.count > 200)
    for one in cases {
      let template = try #require(one["template"]?.string)
      let found = try? JinjaTemplateTests.render(template, document)
      // `options|tojson` sorts; other lists of a row's members are refused.
      #expect(found.map(JSONValue.string) ?? .null == one["text"], "\(template)")
    }
  }

  @Test(
    "name line, column and construct of what is wrong",
    arguments: [
      ("one\n{{ x|nosuch }}", 2, 5, "'nosuch'"), ("{% include 'x' %}", 1, 4, "include"),
      ("{{ absent }}", 1, 4, "'absent' is not defined"), ("a\nb {{ 1 + }}", 2, 10, "a value"),
      ("{{ 'x'.zap() }}", 1, 7, "'.zap()'"), ("{% if x %}", 1, 1, "endif"),
      ("{{ cycle(1) }}", 1, 4, "'cycle()'"), ("{{ 'x", 1, 4, "not closed"),
    ])
  func faults(_ template: String, _ line: Int, _ column: Int, _ part: String) throws {
    let fault = try #require(throws: JinjaFault.self) {
      try JinjaTemplateTests.render(template, ["x": .string("y")])
    }
    #expect(fault.line == line)
    #expect(fault.column == column)
    #expect(fault.reason.contains(part), "\(fault.reason)")
  }

  @Test("refuse to list a row's members in an order that is not known")
  func orderOfMembers() throws {
    let row: JSONValue = ["b": 1, "a": 2]
    for template in ["{{ row }}", "{% for k in row %}{{k}}{% endfor %}", "{{ row.values()|list }}"]
    {
      let fault = #expect(throws: JinjaFault.self) {
        try JinjaTemplateTests.render(template, ["row": PythonValue(row)])
      }
      #expect(fault?.reason.contains("order") == true)
    }
    #expect(try JinjaTemplateTests.render("{{ row.a }}", ["row": PythonValue(row)]) == "2")
  }

  @Test(
    "bound hostile templates",
    arguments: [
      "{{ range(1000000000) }}", "{{ 'x' * 10000000000 }}", "{{ [0] * 99999999999 }}",
      "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
      "{{ " + String(repeating: "(", count: 10_000) + "1" + String(repeating: ")", count: 10_000)
        + " }}",
      "{{ " + String(repeating: "-", count: 50_000) + "1 }}",
      "{{ " + String(repeating: "not ", count: 50_000) + "1 }}",
      "{{ 1" + String(repeating: "+1", count: 50_000) + " }}",
      "{{ x" + String(repeating: ".x", count: 50_000) + " }}",
      "{{ x" + String(repeating: "|trim", count: 50_000) + " }}",
      "{{ " + String(repeating: "[", count: 50_000), "{{ 9999999999999999999999 }}",
      String(repeating: "{% if 1 %}", count: 5_000),
      String(repeating: "{% for x in 'a' %}", count: 5_000),
      "{{ 9223372036854775807 + 1 }}", "{{ (0 - 9223372036854775807 - 1) // -1 }}",
      "{{ (0 - 9223372036854775807 - 1)|abs + 'x' }}", "{{ 2 ** 999999999 }}",
      "{{ range(-9223372036854775807, 9223372036854775807) }}",
      "{{ 'ab'.replace('', 'x' * 4000000) }}",
      "{{ 'abc'[::0] }}", "{{ 'x'.join(range(999999)|list) * 99 }}", "{{ 1e999|int + 'a' }}",
    ])
  func hostile(_ template: String) {
    #expect(throws: JinjaFault.self) {
      try JinjaTemplateTests.render(template, ["x": .string("y")])
    }
  }
}
