import Foundation
import JSON
import JSONSchema
import Testing

@Suite struct OutputTests {
  private static let schema: JSONValue = [
    "$id": "https://example.com/polygon",
    "$defs": [
      "point": [
        "type": "object", "properties": ["x": ["type": "number"], "y": ["type": "number"]],
        "additionalProperties": false, "required": ["x", "y"],
      ]
    ],
    "type": "array", "items": ["$ref": "#/$defs/point"], "minItems": 3,
  ]

  @Test("basic lists every error with all three locations")
  func basic() throws {
    let compiled = try JSONSchema.compile(OutputTests.schema)
    let output = compiled.output([["x": 1, "y": 2], ["x": 3, "z": 4]])
    let errors = (output["errors"]?.array ?? []).map { error in
      ["keywordLocation", "absoluteKeywordLocation", "instanceLocation"].map {
        error[$0]?.string ?? "nothing"
      }
    }
    let base = "https://example.com/polygon#"
    #expect(output["valid"] == false)
    #expect(
      errors == [
        ["/minItems", base + "/minItems", ""],
        ["/items/$ref/required", base + "/$defs/point/required", "/1"],
        [
          "/items/$ref/additionalProperties", base + "/$defs/point/additionalProperties", "/1/z",
        ],
      ])
  }

  @Test("detailed keeps the tree and leaves out what has nothing to say")
  func detailed() throws {
    let compiled = try JSONSchema.compile(OutputTests.schema)
    let output = compiled.output([["x": 1, "y": 2], ["x": 3, "z": 4]], format: .detailed)
    let errors = output["errors"]?.array ?? []
    #expect(errors.map { $0["keywordLocation"] } == ["/minItems", "/items/$ref"])
    #expect(errors.last?["errors"]?.array?.count == 2)
  }

  @Test("verbose has every schema that was applied, and flag only the verdict")
  func verbose() throws {
    let compiled = try JSONSchema.compile(["anyOf": [["type": "string"], ["type": "number"]]])
    let output = compiled.output(1, format: .verbose)
    let branches = output["annotations"]?.array?.first?["annotations"]?.array ?? []
    #expect(branches.map { $0["valid"] } == [false, true])
    #expect(branches.map { $0["keywordLocation"] } == ["/anyOf/0", "/anyOf/1"])
    #expect(compiled.output(1, format: .flag) == ["valid": true])
    #expect(compiled.output([], format: .flag) == ["valid": false])
  }

  @Test("a failed alternative leaves neither errors nor annotations in a valid result")
  func alternatives() throws {
    let compiled = try JSONSchema.compile([
      "anyOf": [["type": "string", "title": "A"], ["type": "number", "title": "B"]]
    ])
    let output = compiled.output(1)
    #expect(output["errors"] == nil)
    #expect(output["annotations"]?.array?.map { $0["annotation"] } == ["B"])
  }

  @Test("a schema that never ends is an error of the output too")
  func limit() throws {
    let compiled = try JSONSchema.compile([
      "$dynamicAnchor": "a", "anyOf": [["$dynamicRef": "#a"]],
    ])
    let output = compiled.output(1)
    #expect(output["valid"] == false)
    #expect(output["errors"]?.array?.first?["error"]?.string?.contains("for ever") == true)
  }
}

@Suite(
  "The official output and annotation tests",
  .enabled(if: OfficialSuite.all.contains { !$0.files("annotations/tests").isEmpty }))
struct OfficialOutputTests {
  @Test("output matches what the suite says of it", arguments: ["draft2019-09", "draft2020-12"])
  func output(draft: String) throws {
    var checked = 0
    for suite in OfficialSuite.all {
      let folder = "output-tests/\(draft)"
      for file in suite.files("\(folder)/content") {
        let outputSchema = try suite.json("\(folder)/output-schema.json")
        let uri = outputSchema["$id"]?.string ?? ""
        for group in try suite.json("\(folder)/content/\(file)").array ?? [] {
          let schema = try JSONSchema.compile(try #require(group["schema"]))
          for test in group["tests"]?.array ?? [] {
            for (name, expected) in test["output"]?.object ?? [:] {
              let format = try #require(SchemaOutputFormat(rawValue: name))
              let output = schema.output(try #require(test["data"]), format: format)
              let check = try JSONSchema.compile(expected, resources: [uri: outputSchema])
              let title = "\(draft) \(file): \(test["description"]?.string ?? "?")"
              #expect(check.validate(output).map(\.description) == [], "\(title): \(output)")
              checked += 1
            }
          }
        }
      }
    }
    print("\(draft): \(checked) output tests checked")
    #expect(checked >= 4)
  }

  @Test("annotations are those that the suite lists", arguments: OfficialSuite.drafts.indices)
  func annotations(index: Int) throws {
    let (draft, name) = OfficialSuite.drafts[index]
    var checked = 0
    for suite in OfficialSuite.all {
      for file in suite.files("annotations/tests") {
        for group in try suite.json("annotations/tests/\(file)")["suite"]?.array ?? [] {
          guard OfficialOutputTests.applies(group["compatibility"]?.string, to: draft) else {
            continue
          }
          var options = SchemaOptions(draft: draft)
          options.resolver = SchemaResolver(documents: group["externalSchemas"]?.object ?? [:])
          let schema = try JSONSchema.compile(try #require(group["schema"]), options: options)
          for test in group["tests"]?.array ?? [] {
            let output = schema.output(try #require(test["instance"]))
            for assertion in test["assertions"]?.array ?? [] {
              let keyword = try #require(assertion["keyword"]?.string)
              let found = (output["annotations"]?.array ?? []).filter {
                $0["instanceLocation"] == assertion["location"]
                  && $0["keywordLocation"]?.string?.hasSuffix("/" + keyword) == true
              }
              let title = "\(name) \(file): \(group["description"]?.string ?? "?")"
              let expected = assertion["expected"]?.object.map { Array($0.values) } ?? []
              #expect(
                Set(found.compactMap { $0["annotation"] }) == Set(expected)
                  && found.count == expected.count, "\(title): \(output)")
              checked += 1
            }
          }
        }
      }
    }
    print("\(name): \(checked) annotation assertions checked")
    #expect(checked > 10)
  }

  /// Whether a constraint such as `6,<=2019` admits a draft.
  private static func applies(_ constraint: String?, to draft: SchemaDraft) -> Bool {
    let years: [SchemaDraft: Int] = [
      .draft4: 4, .draft6: 6, .draft7: 7, .draft201909: 2019, .draft202012: 2020,
    ]
    let own = years[draft] ?? 0
    return (constraint ?? "0").split(separator: ",").allSatisfy { part in
      if part.hasPrefix("<=") { return Int(part.dropFirst(2)).map { own <= $0 } ?? false }
      if part.hasPrefix("=") { return Int(part.dropFirst()).map { own == $0 } ?? false }
      return Int(part).map { own >= $0 } ?? false
    }
  }
}
