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
      (#"{"minimum":1}"#, #"{"exclusiveMinimum":1}"#, "lower limit from 1 to exclusive 1"),
      (#"{"type":"number"}"#, #"{"type":"integer"}"#, "type from fraction, integer to integer"),
      (#"{"enum":["a","b"]}"#, #"{"enum":["b"]}"#, #"no longer valid: "a""#),
      (#"{"type":"string"}"#, #"{"const":"a"}"#, "only the values of enum or const"),
      (#"{"multipleOf":2}"#, #"{"multipleOf":6}"#, "multipleOf from 2 to 6"),
      (#"{"required":["a"]}"#, #"{"required":["a","b"]}"#, #"newly required: "b""#),
      (#"{"properties":{"a":{}}}"#, #"{"properties":{"a":false}}"#, "nothing is valid any more"),
      (
        #"{"properties":{"a":{}}}"#, #"{"properties":{"a":{"type":"null"}}}"#,
        "type from any to null"
      ),
      (
        #"{"properties":{"a":{}}}"#, #"{"properties":{"a":{},"b":{"type":"null"}}}"#,
        #"new demands on member "b""#
      ),
      (
        #"{"properties":{"a":{},"b":{}},"additionalProperties":false}"#,
        #"{"properties":{"a":{}},"additionalProperties":false}"#, "nothing is valid any more"
      ),
      (#"{"items":{"minimum":1}}"#, #"{"items":{"minimum":2}}"#, "lower limit from 1 to 2"),
      (#"{}"#, #"{"uniqueItems":true}"#, "new: uniqueItems"),
      (#"{"anyOf":[{"type":"null"},{"type":"string"}]}"#, #"{"anyOf":[{"type":"null"}]}"#, "anyOf"),
      (#"{"not":{"minimum":5}}"#, #"{"not":{"minimum":3}}"#, "not"),
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
    #expect(tightening.changes.map(\.what).contains(what), "\(tightening.changes)")
    let loosening = try diff(narrow, wide)
    #expect(loosening.verdict == .loosened, "\(loosening.changes)")
    #expect(try diff(wide, wide).verdict == .equal)
    #expect(try diff(narrow, narrow).verdict == .equal)
  }

  @Test(
    "what only looks different is equal",
    arguments: [
      (#"{"title":"A","minLength":0}"#, #"{"description":"B"}"#),
      (##"{"$ref":"#/$defs/a","$defs":{"a":{"type":"null"}}}"##, #"{"type":"null"}"#),
      (#"{"enum":[1,2,"a"],"type":"integer"}"#, #"{"enum":[2,1]}"#),
      (#"{"enum":[1]}"#, #"{"const":1.0}"#),
      (#"{"properties":{"a":true}}"#, "{}"),
      (
        #"{"anyOf":[{"type":"null"},{"minimum":1}]}"#, #"{"anyOf":[{"minimum":1},{"type":"null"}]}"#
      ),
      (
        ##"{"$schema":"http://json-schema.org/draft-07/schema#","items":[{"type":"null"}],"additionalItems":false}"##,
        #"{"prefixItems":[{"type":"null"}],"items":false}"#
      ),
    ])
  func equal(old: String, new: String) throws {
    #expect(try diff(old, new).verdict == .equal)
    #expect(try diff(new, old).changes == [])
  }

  @Test(
    "where no rule tells, that is said",
    arguments: [
      (#"{"pattern":"^a"}"#, #"{"pattern":"^ab?"}"#),
      (#"{"oneOf":[{"minimum":1}]}"#, #"{"oneOf":[{"minimum":0}]}"#),
      (
        #"{"if":{"minimum":1},"then":{"maximum":5}}"#, #"{"if":{"minimum":2},"then":{"maximum":5}}"#
      ),
      (
        #"{"patternProperties":{"^a":{}},"additionalProperties":false}"#,
        #"{"patternProperties":{"^b":{}},"additionalProperties":false}"#
      ),
      (
        #"{"properties":{"a":{}},"unevaluatedProperties":false}"#,
        #"{"properties":{"a":{},"b":{}},"unevaluatedProperties":false}"#
      ),
      (
        ##"{"$dynamicAnchor":"a","properties":{"x":{"$dynamicRef":"#a"}}}"##,
        ##"{"$dynamicAnchor":"a","properties":{"x":{"$dynamicRef":"#a"}},"title":"A"}"##
      ),
    ])
  func cannotTell(old: String, new: String) throws {
    let result = try diff(old, new)
    #expect(result.verdict == .cannotTell)
    #expect(result.changes.contains { $0.isBreaking == nil })
    #expect(try diff(old, old).verdict == .equal)
  }

  @Test("a recursive schema with alternatives comes to an end", .timeLimit(.minutes(1)))
  func recursion() throws {
    let old =
      ##"{"anyOf":[{"type":"null"},{"items":{"$ref":"#"}},{"properties":{"a":{"$ref":"#"}}}]}"##
    let new =
      ##"{"anyOf":[{"type":"null"},{"items":{"$ref":"#"}},{"properties":{"a":{"$ref":"#"}}}],"maxItems":3}"##
    #expect(try diff(old, old).verdict == .equal)
    #expect(try diff(new, old).verdict == .loosened)
    #expect(try diff(old, new).verdict == .breaking)
    let not = ##"{"not":{"items":{"oneOf":[{"$ref":"#"},{"type":"null"}]}}}"##
    #expect(
      try diff(not, ##"{"not":{"items":{"oneOf":[{"$ref":"#"},{"type":"string"}]}}}"##).verdict
        == .cannotTell)
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
        let isRefuted =
          (breaks && [.equal, .loosened].contains(diff.verdict))
          || (loosens && diff.verdict == .equal)
        #expect(!isRefuted, "\(schemas[old].canonical) → \(schemas[new].canonical): \(diff)")
      }
    }
    #expect(verdicts.count == 4)
  }
}
