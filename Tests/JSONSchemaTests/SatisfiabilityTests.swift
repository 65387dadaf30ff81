import JSON
import JSONSchema
import Testing

@Suite struct SatisfiabilityTests {
  private func problems(_ text: String) throws -> [String] {
    SchemaLinter.check(try JSONValue(parsing: text)).map(\.description)
  }

  @Test(
    "what nothing can match is told where it is demanded, once",
    arguments: [
      (
        #"{"allOf":[{"type":"string"},{"type":"integer"}]}"#,
        "/allOf: no type is left that all of it admits, so nothing is valid"
      ),
      (#"{"not":{}}"#, "/not: not excludes all that the rest admits, so nothing is valid"),
      (
        #"{"type":"string","not":{"type":["string","null"]}}"#,
        "/not: not excludes all that the rest admits, so nothing is valid"
      ),
      (
        #"{"type":"string","anyOf":[{"type":"integer","minimum":1},{"type":"null"}]}"#,
        "/anyOf: no branch of anyOf can match what the rest admits, so nothing is valid"
      ),
      (
        #"{"type":"string","anyOf":[{"type":"integer","minimum":1},{"minLength":2}]}"#,
        "/anyOf/0: branch 1 of anyOf can match nothing that the rest admits"
      ),
      (
        #"{"anyOf":[false,{"minLength":2}]}"#,
        "/anyOf/0: branch 1 of anyOf can match nothing that the rest admits"
      ),
      (
        #"{"oneOf":[{"minLength":2},{"title":"same","minLength":2}]}"#,
        "/oneOf/1: whatever matches branch 2 of oneOf matches branch 1 and the other way round, so neither matches alone"
      ),
      (
        #"{"oneOf":[{"type":"integer"},{"type":"number"}]}"#,
        "/oneOf/0: whatever matches branch 1 of oneOf matches branch 2 too, so it never matches alone"
      ),
      (
        #"{"type":"integer","exclusiveMinimum":3,"exclusiveMaximum":4}"#,
        "/exclusiveMinimum: no whole number lies between its limits, so nothing is valid"
      ),
      (
        #"{"type":"integer","minimum":0.2,"maximum":0.8}"#,
        "/minimum: no whole number lies between its limits, so nothing is valid"
      ),
      (
        #"{"type":"number","minimum":5,"allOf":[{"maximum":4}]}"#,
        "/minimum: no number lies between its limits, so nothing is valid"
      ),
      (
        #"{"properties":{"a":false},"required":["a"]}"#,
        #"/required: required has "a", which properties forbids"#
      ),
      (
        #"{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"allOf":[{"properties":{"a":{"type":"null"}}}]}"#,
        #"/required: required has "a", which can have no value, so nothing is valid"#
      ),
      (
        #"{"minLength":2,"enum":["a"]}"#,
        "/enum: enum has no value that the rest admits, so nothing is valid"
      ),
      (
        #"{"pattern":"^b","const":"a"}"#,
        "/const: const is refused by the rest, so nothing is valid"
      ),
      (
        #"{"if":false,"then":{"minLength":2}}"#,
        "/if: nothing matches if, so then has no effect"
      ),
      (#"{"if":{},"else":{"minLength":2}}"#, "/if: everything matches if, so else has no effect"),
      (
        #"{"contains":{"type":"string"},"items":{"type":"integer"}}"#,
        "/contains: no element can be what contains asks for, so no array is valid"
      ),
      (
        #"{"minItems":3,"prefixItems":[{}],"items":false}"#,
        "/minItems: minItems is 3, but there is room for 1 element, so no array is valid"
      ),
      (
        #"{"contains":{"minimum":1},"minContains":3,"maxItems":2}"#,
        "/minContains: contains asks for 3 elements, but there is room for 2, so no array is valid"
      ),
      (
        #"{"properties":{"deep":{"items":{"allOf":[{"minLength":3},{"maxLength":2}]}}}}"#,
        "/properties/deep/items/allOf: minLength is 3 and maxLength is 2, so no string is valid"
      ),
    ])
  func empty(schema: String, warning: String) throws {
    #expect(try problems(schema) == ["warning at " + warning])
  }

  @Test(
    "what something can match has no such warning",
    arguments: [
      #"{"anyOf":[{"type":"string"},{"type":"number"}]}"#,
      #"{"oneOf":[{"type":"integer"},{"type":"string"}]}"#,
      #"{"oneOf":[{"minLength":2},{"maxLength":3}]}"#,
      #"{"type":"integer","exclusiveMinimum":3,"exclusiveMaximum":5}"#,
      #"{"type":"number","exclusiveMinimum":3,"exclusiveMaximum":4}"#,
      #"{"properties":{"a":false}}"#, #"{"properties":{"a":{"type":"null"}},"required":["b"]}"#,
      #"{"minLength":2,"enum":["a","aa"]}"#, #"{"type":"string","not":{"const":"a"}}"#,
      #"{"if":{"minLength":1},"then":{"maxLength":2}}"#,
      #"{"contains":{"type":"string"},"minContains":0,"items":{"type":"integer"}}"#,
      #"{"contains":{"const":1},"prefixItems":[{"type":"string"}]}"#,
      #"{"minItems":2,"prefixItems":[{},{}],"items":false}"#,
      ##"{"required":["next"],"properties":{"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]}}}"##,
      #"{"allOf":[{"type":["string","null"]},{"type":["integer","string"]}]}"#,
    ])
  func sound(schema: String) throws {
    #expect(try problems(schema) == [])
  }

  @Test("what is told of a part is not told again of what it is a part of")
  func once() throws {
    let schema = ##"""
      {"$defs":{"n":{"allOf":[{"type":"null"},{"type":"array"}]}},
        "allOf":[{"$ref":"#/$defs/n"}],"items":{"$ref":"#/$defs/n"}}
      """##
    #expect(
      try problems(schema) == [
        "warning at /$defs/n/allOf: no type is left that all of it admits, so nothing is valid"
      ])
  }

  @Test("a schema that would be gone through for ever is not", .timeLimit(.minutes(4)))
  func bounded() throws {
    let names = (0..<150).map { "\"p\($0)\"" }
    let members = names.map { "\($0):{\"$ref\":\"#\"}" }.joined(separator: ",")
    let schema = "{\"required\":[\(names.joined(separator: ","))],\"properties\":{\(members)}}"
    #expect(try problems(schema) == [])
  }
}
