import JSON
import JSONSchema
import Testing

@Suite struct DiffTests {
  private func diff(_ old: String, _ new: String) throws -> SchemaDiff {
    try SchemaDiff.between(try JSONValue(parsing: old), and: try JSONValue(parsing: new))
  }

  @Test(
    "a change and its opposite have opposite verdicts",
    arguments: [
      (#"{"maxLength":5}"#, #"{"maxLength":3}"#, "maxLength from 5 to 3"),
      (#"{}"#, #"{"minItems":1}"#, "minItems from none to 1"),
      (#"{"minimum":1}"#, #"{"exclusiveMinimum":1}"#, "lower limit from 1 to above 1"),
      (#"{"type":"number"}"#, #"{"type":"integer"}"#, "type from number to integer"),
      (#"{"enum":["a","b"]}"#, #"{"enum":["b"]}"#, #"no longer valid: "a""#),
      (#"{"type":"string"}"#, #"{"const":"a"}"#, "new: only the values of enum or const are valid"),
      (#"{"multipleOf":2}"#, #"{"multipleOf":6}"#, "multipleOf from 2 to 6"),
      (#"{"required":["a"]}"#, #"{"required":["a","b"]}"#, #"newly required: "b""#),
      (#"{"properties":{"a":{}}}"#, #"{"properties":{"a":false}}"#, "nothing is valid any more"),
      (
        #"{"properties":{"a":{}}}"#, #"{"properties":{"a":{"type":"null"}}}"#,
        "type from any to null"
      ),
      (
        #"{"properties":{"a":{}}}"#, #"{"properties":{"a":{},"b":{"type":"null"}}}"#,
        #"member "b": new demands"#
      ),
      (
        #"{"properties":{"a":{},"b":{}},"additionalProperties":false}"#,
        #"{"properties":{"a":{}},"additionalProperties":false}"#, "nothing is valid any more"
      ),
      (
        #"{"properties":{"a":{},"b":{}},"unevaluatedProperties":false}"#,
        #"{"properties":{"a":{}},"unevaluatedProperties":false}"#, "nothing is valid any more"
      ),
      (#"{"items":{"minimum":1}}"#, #"{"items":{"minimum":2}}"#, "lower limit from 1 to 2"),
      (#"{}"#, #"{"uniqueItems":true}"#, "new: uniqueItems"),
      (
        #"{"anyOf":[{"type":"null"},{"type":"string"}]}"#, #"{"anyOf":[{"type":"null"}]}"#,
        "type from null or string to null"
      ),
      (#"{"not":{"minimum":5}}"#, #"{"not":{"minimum":3}}"#, "not changed"),
      (
        ##"{"$ref":"#/$defs/a","$defs":{"a":{"maxLength":5}}}"##,
        #"{"allOf":[{"maxLength":9},{"maxLength":4}]}"#, "maxLength from 5 to 4"
      ),
      (
        ##"{"properties":{"next":{"$ref":"#"}}}"##,
        ##"{"properties":{"next":{"$ref":"#"}},"maxProperties":1}"##, "maxProperties from none to 1"
      ),
    ])
  func opposites(wide: String, narrow: String, what: String) throws {
    let tightening = try diff(wide, narrow)
    #expect(tightening.verdict == .breaking)
    let change = try #require(tightening.changes.first { $0.what == what }, "\(tightening.changes)")
    #expect(change.witness != nil && change.isBreaking == true, "\(tightening)")
    let loosening = try diff(narrow, wide)
    #expect(loosening.verdict == .compatible && !loosening.isEqual, "\(loosening.changes)")
    #expect(loosening.changes.allSatisfy { $0.isBreaking == false && $0.witness == nil })
    #expect(try diff(wide, wide).isEqual)
    #expect(try diff(narrow, narrow).isEqual)
  }

  @Test(
    "what only looks different is equal",
    arguments: [
      (#"{"title":"A","minLength":0}"#, #"{"description":"B"}"#),
      (##"{"$ref":"#/$defs/a","$defs":{"a":{"type":"null"}}}"##, #"{"type":"null"}"#),
      (#"{"enum":[1,2,"a"],"type":"integer"}"#, #"{"enum":[2,1]}"#),
      (#"{"enum":[1]}"#, #"{"const":1.0}"#),
      (#"{"properties":{"a":true}}"#, "{}"),
      (#"{"type":["string","null"]}"#, #"{"anyOf":[{"type":"string"},{"type":"null"}]}"#),
      (#"{"type":["string","null"]}"#, #"{"oneOf":[{"type":"null"},{"type":"string"}]}"#),
      (#"{"enum":["a","b"]}"#, #"{"oneOf":[{"const":"a"},{"const":"b","title":"B"}]}"#),
      (#"{"const":"a"}"#, #"{"allOf":[{"enum":["a"]}]}"#),
      (#"{"type":"integer","minimum":1}"#, #"{"type":"integer","exclusiveMinimum":0}"#),
      (#"{"type":"integer","maximum":1}"#, #"{"type":"integer","exclusiveMaximum":1.5}"#),
      (#"{"type":"string"}"#, #"{"type":"string","minimum":3,"minItems":2,"required":["a"]}"#),
      (#"{"type":"boolean"}"#, #"{"enum":[true,false]}"#),
      (#"{"type":"integer","minimum":1,"maximum":3}"#, #"{"enum":[1,2,3]}"#),
      (#"{"type":"integer"}"#, #"{"type":"integer","multipleOf":0.5}"#),
      (
        #"{"properties":{"a":{}},"unevaluatedProperties":false}"#,
        #"{"properties":{"a":true},"additionalProperties":false}"#
      ),
      (#"{"prefixItems":[{}],"unevaluatedItems":false}"#, #"{"maxItems":1}"#),
      (
        #"{"type":["string","null"],"maxLength":5}"#,
        #"{"anyOf":[{"type":"string","maxLength":5},{"type":"null"}]}"#
      ),
      (
        #"{"anyOf":[{"type":"string","maxLength":5},{"type":"string","maxLength":3}]}"#,
        #"{"type":"string","maxLength":5}"#
      ),
      (
        ##"{"properties":{"a":{"$ref":"#/$defs/s"}},"$defs":{"s":{"type":"string"}}}"##,
        #"{"allOf":[{"properties":{"a":{"type":"string"}}}]}"#
      ),
      (
        #"{"allOf":[{"required":["a"]},{"minProperties":1}]}"#, #"{"required":["a"]}"#
      ),
      (
        #"{"if":{"type":"string"},"then":{"maxLength":3},"else":{"type":"null"}}"#,
        #"{"anyOf":[{"type":"string","maxLength":3},{"type":"null"}]}"#
      ),
      (
        ##"{"properties":{"next":{"$ref":"#"}},"type":"object"}"##,
        ##"{"$ref":"#/$defs/n","$defs":{"n":{"type":"object","properties":{"next":{"anyOf":[{"$ref":"#/$defs/n"}]}}}}}"##
      ),
      (
        #"{"anyOf":[{"type":"null"},{"minimum":1}]}"#, #"{"anyOf":[{"minimum":1},{"type":"null"}]}"#
      ),
      (
        ##"{"$schema":"http://json-schema.org/draft-07/schema#","items":[{"type":"null"}],"additionalItems":false}"##,
        #"{"prefixItems":[{"type":"null"}],"items":false}"#
      ),
    ])
  func equal(old: String, new: String) throws {
    for (left, right) in [(old, new), (new, old)] {
      let diff = try diff(left, right)
      #expect(diff.verdict == .compatible && diff.isEqual && diff.changes == [], "\(diff)")
    }
  }

  @Test(
    "alternatives that a tag tells apart may grow in number",
    arguments: ["anyOf", "oneOf"])
  func tags(keyword: String) throws {
    func schema(_ kinds: [String]) -> String {
      let branches = kinds.map {
        #"{"type":"object","required":["kind"],"properties":{"kind":{"const":"\#($0)"},"\#($0)":{}}}"#
      }
      return #"{"\#(keyword)":[\#(branches.joined(separator: ","))]}"#
    }
    #expect(try diff(schema(["a", "b"]), schema(["c", "b", "a"])).verdict == .compatible)
    let fewer = try diff(schema(["a", "b"]), schema(["a"]))
    #expect(fewer.witness?.value == ["kind": "b"])
  }

  @Test(
    "what is neither proven nor shown is undecided",
    arguments: [
      (#"{"pattern":"^a"}"#, #"{"pattern":"^a(b|c|)"}"#),
      (#"{"pattern":"^[a-z]{2}$"}"#, #"{"pattern":"^[a-z][a-z]$"}"#),
      (
        #"{"patternProperties":{"^a":false},"minProperties":1}"#,
        #"{"patternProperties":{"^a.*":false},"minProperties":1}"#
      ),
      (
        #"{"allOf":[{"properties":{"a":{}}}],"unevaluatedProperties":false}"#,
        #"{"allOf":[{"properties":{"a":{},"b":{}}}],"unevaluatedProperties":false}"#
      ),
      (
        ##"{"$dynamicAnchor":"a","properties":{"x":{"$dynamicRef":"#a"}}}"##,
        ##"{"$dynamicAnchor":"a","properties":{"x":{"$dynamicRef":"#a"}},"title":"A"}"##
      ),
    ])
  func undecided(old: String, new: String) throws {
    let result = try diff(old, new)
    #expect(result.verdict == .undecided, "\(result)")
    #expect(result.witness == nil)
    #expect(result.changes.contains { $0.isBreaking == nil && $0.why != nil })
    #expect(try diff(old, old).isEqual)
  }

  @Test(
    "what no rule proves is shown by a value where there is one",
    arguments: [
      (#"{"pattern":"^a"}"#, #"{"pattern":"^ab"}"#, #""a""#),
      (
        #"{"type":"number","exclusiveMinimum":0}"#, #"{"type":"number","minimum":1}"#, "0.5"
      ),
      (#"{}"#, #"{"pattern":"^[a-z]+$"}"#, #""""#),
      (#"{"oneOf":[{"minimum":1}]}"#, #"{"oneOf":[{"minimum":2}]}"#, "1"),
      (
        #"{"if":{"minimum":1},"then":{"maximum":5}}"#,
        #"{"if":{"minimum":0},"then":{"maximum":0.5}}"#, "1"
      ),
      (
        #"{"type":"object","patternProperties":{"^a":{}},"additionalProperties":false}"#,
        #"{"type":"object","patternProperties":{"^b":{}},"additionalProperties":false}"#,
        #"{"a":0}"#
      ),
      (
        #"{"type":"object","required":["id"],"properties":{"id":{"type":"string"},"n":{"type":"number"}}}"#,
        #"{"type":"object","required":["id"],"properties":{"id":{"type":"string"},"n":{"type":"integer"}}}"#,
        #"{"id":"","n":0.5}"#
      ),
      (
        #"{"type":"array","items":{"type":"object","required":["s"],"properties":{"s":{"type":"string","minLength":2}}}}"#,
        #"{"type":"array","items":{"type":"object","required":["s"],"properties":{"s":{"type":"string","minLength":3}}}}"#,
        #"[{"s":"aa"}]"#
      ),
      (
        #"{"type":"object","properties":{"country":{"type":"string"},"zip":{}}}"#,
        #"{"type":"object","properties":{"country":{"type":"string"},"zip":{}},"if":{"required":["country"],"properties":{"country":{"const":"KR"}}},"then":{"required":["zip"]}}"#,
        #"{"country":"KR"}"#
      ),
      (
        #"{"type":"array","uniqueItems":false}"#, #"{"type":"array","uniqueItems":true}"#,
        "[null,null]"
      ),
      (
        #"{"type":"object"}"#, #"{"type":"object","propertyNames":{"maxLength":3}}"#,
        #"{"aaaa":null}"#
      ),
      (#"{"type":"string","minLength":3}"#, #"{"type":"string","format":"date"}"#, #""a b""#),
      (
        #"{"oneOf":[{"type":"integer"},{"type":"string"}]}"#,
        #"{"oneOf":[{"type":"number"},{"type":"integer"},{"type":"string"}]}"#, "0"
      ),
    ])
  func witnesses(old: String, new: String, witness: String) throws {
    let result = try SchemaDiff.between(
      try JSONValue(parsing: old), and: try JSONValue(parsing: new),
      options: SchemaOptions(assertsFormats: true))
    #expect(result.verdict == .breaking, "\(result)")
    #expect(result.witness?.value.canonical == witness)
  }

  @Test("each breaking change has a witness of its own, and harmless ones beside it stay harmless")
  func everyChange() throws {
    let diff = try diff(
      """
      {"type":"object","required":["id","gone"],"properties":{
      "id":{"type":"string","maxLength":9},"gone":{},"n":{"type":"integer"},"code":{"pattern":"^a"},
      "list":{"type":"array","items":{"enum":["x","y"]}}}}
      """,
      """
      {"type":"object","required":["id","n"],"properties":{
      "id":{"type":"string","maxLength":5},"gone":{},"n":{"type":["integer","null"]},
      "code":{"pattern":"^(a|b)"},"list":{"type":"array","items":{"enum":["x"]}}}}
      """)
    #expect(diff.verdict == .breaking)
    let effects = diff.changes.map {
      "\($0.pointer) \($0.what): \($0.isBreaking.map(String.init) ?? "?")"
    }
    #expect(
      effects == [
        #" newly required: "n": true"#, #" no longer required: "gone": false"#,
        #"/properties/code pattern from "^a" to "^(a|b)": ?"#,
        "/properties/id maxLength from 9 to 5: true",
        #"/properties/list/items no longer valid: "y": true"#,
        "/properties/n type from integer to integer or null: false",
      ])
    for change in diff.changes where change.isBreaking == true {
      #expect(change.witness?.violations.count == 1, "\(change)")
    }
  }

  @Test("a recursive schema with alternatives comes to an end", .timeLimit(.minutes(1)))
  func recursion() throws {
    let old =
      ##"{"anyOf":[{"type":"null"},{"items":{"$ref":"#"}},{"properties":{"a":{"$ref":"#"}}}]}"##
    let new =
      ##"{"anyOf":[{"type":"null"},{"items":{"$ref":"#"}},{"properties":{"a":{"$ref":"#"}}}],"maxItems":3}"##
    #expect(try diff(old, old).isEqual)
    #expect(try diff(new, old).verdict == .compatible)
    #expect(try diff(old, new).verdict == .breaking)
    let not = ##"{"not":{"items":{"oneOf":[{"$ref":"#"},{"type":"null"}]}}}"##
    let other = ##"{"not":{"items":{"oneOf":[{"$ref":"#"},{"type":"string"}]}}}"##
    #expect(try diff(not, other).verdict != .compatible)
  }

  @Test("no verdict is refuted by any of many values")
  func soundness() throws {
    let parts: [JSONValue] = [
      [:], true, false, ["type": "integer"], ["type": ["number", "null"]], ["minimum": 2],
      ["maximum": 2], ["multipleOf": 2], ["multipleOf": 4], ["enum": [1, "a", nil]], ["const": 2],
      ["minLength": 1], ["maxLength": 1], ["required": ["a"]], ["minProperties": 1],
      ["properties": ["a": ["type": "integer"]]], ["additionalProperties": false],
      ["properties": ["a": true], "additionalProperties": false],
      ["patternProperties": ["^a": ["minimum": 2]], "additionalProperties": ["type": "string"]],
      ["items": ["type": "integer"]], ["prefixItems": [["const": 2]], "items": false],
      ["contains": ["const": 2]], ["contains": ["minimum": 1], "maxContains": 1],
      ["uniqueItems": true], ["not": ["type": "integer"]], ["not": ["const": 2]],
      ["anyOf": [["type": "string"], ["minimum": 2]]],
      ["oneOf": [["type": "integer"], ["minimum": 2]]],
      ["if": ["type": "integer"], "then": ["minimum": 2]],
      ["if": ["type": "integer"], "then": ["minimum": 3], "else": ["type": "string"]],
      ["dependentRequired": ["a": ["b"]]], ["dependentSchemas": ["a": ["minProperties": 2]]],
      ["propertyNames": ["maxLength": 1]], ["allOf": [["type": "integer"], ["maximum": 2]]],
      ["unevaluatedProperties": false],
      ["properties": ["a": true], "unevaluatedProperties": false],
    ]
    let values: [JSONValue] = [
      nil, true, 0, 1, 2, 3, 4, 2.5, "", "a", "ab", [], [1], [2], [2, 2], [2, "x"], ["x"], [:],
      ["a": 1], ["a": 2], ["a": "x"], ["b": 1], ["a": 1, "b": 1], ["ab": 2], ["c": "x"],
    ]
    let schemas = parts + parts.map { ["properties": ["a": $0], "items": $0] }
    let compiled = try schemas.map { try JSONSchema.compile($0) }
    let valid = compiled.map { schema in values.map { schema.isValid($0) } }
    var verdicts: [SchemaDiff.Verdict: Int] = [:]
    for old in compiled.indices {
      for new in compiled.indices {
        let diff = SchemaDiff.between(compiled[old], and: compiled[new])
        verdicts[diff.verdict, default: 0] += 1
        let breaks = zip(valid[old], valid[new]).contains { $0 && !$1 }
        let loosens = zip(valid[old], valid[new]).contains { !$0 && $1 }
        let isRefuted = (breaks && diff.verdict == .compatible) || (loosens && diff.isEqual)
        #expect(!isRefuted, "\(schemas[old].canonical) → \(schemas[new].canonical): \(diff)")
        // What any of so few values shows, the search for witnesses finds as well.
        #expect(
          !breaks || diff.verdict == .breaking,
          "\(schemas[old].canonical) → \(schemas[new].canonical): \(diff)")
        for witness in diff.changes.compactMap(\.witness) {
          #expect(compiled[old].isValid(witness.value) && !compiled[new].isValid(witness.value))
        }
      }
    }
    #expect(verdicts.count == 3)
  }

  @Test(
    "characters beyond ASCII in a pattern stand in the way of no example",
    arguments: ["^[0-9]수$", "수", "^€[0-9]+$", "^ü[a-z]$", "^[а-я]+$", "^a\\u00e9$", "^é$"])
  func patterns(pattern: String) throws {
    let text = JSONValue.string(pattern).canonical
    let change = try diff(
      #"{"type":"string","pattern":\#(text),"maxLength":400}"#,
      #"{"type":"string","pattern":\#(text),"maxLength":0}"#)
    #expect(change.verdict == .breaking, "\(change)")
  }

  @Test(
    "what breaks plainly has an example",
    arguments: [
      (#"{"pattern":"수","maxLength":400}"#, #"{"pattern":"수","maxLength":300}"#),
      (#"{"maxLength":5000}"#, #"{"maxLength":4096}"#), ("{}", #"{"maxLength":100000}"#),
      (#"{"pattern":"^[가-힣]+$","maxLength":6000}"#, #"{"pattern":"^[가-힣]+$","maxLength":5000}"#),
      ("{}", #"{"maxItems":2000}"#), (#"{"maxItems":5000}"#, #"{"maxItems":4999}"#),
      (#"{"minProperties":3}"#, #"{"minProperties":3,"required":["a"]}"#),
      (
        #"{"minProperties":4,"required":["a","b"]}"#,
        #"{"minProperties":4,"required":["a","b","c"]}"#
      ),
      (
        #"{"type":"number","exclusiveMinimum":0}"#,
        #"{"type":"number","exclusiveMinimum":0,"minimum":1e-300}"#
      ),
      (
        #"{"anyOf":[{"required":["c"]},{"minProperties":3}]}"#, #"{"anyOf":[{"required":["c"]}]}"#
      ),
    ])
  func examples(old: String, new: String) throws {
    let change = try diff(old, new)
    #expect(change.verdict == .breaking && change.witness != nil, "\(change.changes.map(\.what))")
  }

  @Test(
    "a format beside a limit of length has an example of the right length",
    arguments: [
      ("ipv4", 14), ("ipv6", 20), ("email", 60), ("uri", 50), ("date-time", 25), ("hostname", 9),
      ("json-pointer", 3_000), ("time", 12), ("duration", 9), ("uuid", 35), ("date", 9),
    ])
  func formats(format: String, length: Int) throws {
    let options = SchemaOptions(assertsFormats: true)
    let change = try SchemaDiff.between(
      ["format": .string(format)], and: ["format": .string(format), "maxLength": .integer(length)],
      options: options)
    let reasons = change.witness?.violations.map(\.keyword)
    #expect(change.verdict == .breaking && reasons == ["maxLength"], "\(change.changes)")
    let text = try #require(change.witness?.value.string)
    #expect(text.count > length)
  }

  @Test("one change of a schema that refers to itself is one, however often it is come by")
  func recursive() throws {
    let tree = { (most: Int) in
      ##"""
      {"$ref":"#/$defs/n","$defs":{"n":{"type":"object","required":["v"\##(most == 5 ? "" : ",\"w\"")],
        "properties":{"v":{"maxLength":\##(most)},"left":{"$ref":"#/$defs/n"},
          "right":{"$ref":"#/$defs/n"},"all":{"items":{"$ref":"#/$defs/n"}}}}}}
      """##
    }
    let change = try diff(tree(5), tree(3))
    #expect(change.verdict == .breaking)
    #expect(
      change.changes.map { "\($0.pointer) \($0.what)" } == [
        #"/$defs/n newly required: "w""#, "/$defs/n/properties/v maxLength from 5 to 3",
      ])
    let itself = { (names: String) in
      ##"{"required":[\##(names)],"properties":{"next":{"$ref":"#"},"v":{}}}"##
    }
    #expect(try diff(itself(#""v""#), itself(#""v","w""#)).changes.count == 1)
  }
}
