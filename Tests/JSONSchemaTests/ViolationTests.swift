import JSON
import JSONSchema
import Testing

@Suite struct ViolationTests {
  @Test(
    "each keyword says where, what it expects and what it found",
    arguments: [
      (#"{"type":"string"}"#, "5", "expected a string, found 5 (an integer)"),
      (#"{"type":["array","null"]}"#, "{}", "expected an array or null, found {} (an object)"),
      (#"{"enum":["a",1]}"#, "2", #"expected one of "a", 1, found 2"#),
      (#"{"const":{"a":1}}"#, "2", #"expected {"a":1}, found 2"#),
      (
        #"{"minLength":3}"#, #""가나""#, #"expected at least 3 characters, found "가나" (2 characters)"#
      ),
      (#"{"maxLength":1}"#, #""ab""#, #"expected at most 1 character, found "ab" (2 characters)"#),
      (#"{"pattern":"^a$"}"#, #""b""#, #"expected text that matches ^a$, found "b""#),
      (#"{"minimum":5}"#, "4.5", "expected a number of at least 5, found 4.5"),
      (#"{"exclusiveMaximum":5}"#, "5", "expected a number below 5, found 5"),
      (#"{"multipleOf":0.01}"#, "0.075", "expected a multiple of 0.01, found 0.075"),
      (#"{"required":["a"]}"#, #"{"b":1}"#, #"expected a member "a", found only "b""#),
      (
        #"{"properties":{"a":{"items":{"type":"null"}}}}"#, #"{"a":[null,1]}"#,
        "/a/1 expected null, found 1 (an integer)"
      ),
      (
        #"{"properties":{"a":true},"additionalProperties":false}"#, #"{"x":1}"#,
        #"/x expected only the members "a", found "x""#
      ),
      (#"{"maxItems":1}"#, "[1,2]", "expected at most 1 element, found 2"),
      (
        #"{"uniqueItems":true}"#, "[1,2,1.0]",
        "expected elements that all differ, found 1 at 0 and 2"
      ),
      (
        #"{"oneOf":[true,true]}"#, "1",
        "expected exactly one of 2 alternatives to match, found that 2 match (0, 1)"
      ),
      (
        #"{"anyOf":[false]}"#, "1",
        "expected at least one of 1 alternative to match, found 1 (alternative 0 comes nearest: expected no value here, found 1)"
      ),
      ("false", "1", "expected no value here, found 1"),
    ])
  func sentences(schema: String, value: String, sentence: String) throws {
    let compiled = try JSONSchema.compile(try JSONValue(parsing: schema))
    let violations = compiled.validate(try JSONValue(parsing: value))
    #expect(violations.map(\.description) == [sentence])
  }

  @Test(
    "a malformed schema is refused with a pointer into it",
    arguments: [
      (
        #"{"properties":{"a":{"type":"strin"}}}"#,
        "at /properties/a/type: type must be one or more of null, boolean, object, array, number, string and integer, found \"strin\""
      ),
      (
        #"{"minLength":-1}"#,
        "at /minLength: minLength must be a whole number of at least 0, found -1"
      ),
      (
        ##"{"$ref":"#/$defs/x"}"##,
        ##"at /$ref: $ref must be a reference to a schema, found "#/$defs/x": the schema has no "$defs""##
      ),
      (
        ##"{"$ref":"#x"}"##,
        ##"at /$ref: $ref must be a reference to a schema, found "#x": the schema has no anchor "x""##
      ),
      (
        #"{"$id":"https://example.com/a/b","items":{"$ref":"../x"}}"#,
        #"at /items/$ref: $ref must be a reference to a known document, found "../x", that is https://example.com/x, which is not in the schema and the documents it came with, nor in the bundled metaschemas"#
      ),
      (
        ##"{"$schema":"http://json-schema.org/draft-03/schema#"}"##,
        ##"at /$schema: $schema must be the URI of a draft ("http://json-schema.org/draft-04/schema", "http://json-schema.org/draft-06/schema", "http://json-schema.org/draft-07/schema", "https://json-schema.org/draft/2019-09/schema", "https://json-schema.org/draft/2020-12/schema") or of a known metaschema, found "http://json-schema.org/draft-03/schema#""##
      ),
      (#"{"allOf":[]}"#, "at /allOf: allOf must be an array of at least one schema, found []"),
      (
        ##"{"$ref":"#"}"##,
        "at the root of the schema: a schema must be one that comes to an end, found one that applies itself to the same value for ever"
      ),
      ("5", "at the root of the schema: a schema must be an object or a boolean, found 5"),
    ])
  func malformed(schema: String, message: String) throws {
    let value = try JSONValue(parsing: schema)
    let error = #expect(throws: SchemaError.self) { _ = try JSONSchema.compile(value) }
    #expect(error?.description == message)
  }

  @Test(
    "patterns that PCRE2 alone knows are refused",
    arguments: [#"\A"#, "(?i)a", "a++", "(", "[a", #"\p{Nonsense}"#])
  func foreignPatterns(pattern: String) {
    #expect(throws: SchemaError.self) { _ = try JSONSchema.compile(["pattern": .string(pattern)]) }
  }

  @Test("a catastrophic pattern is cut off and counts as a violation", .timeLimit(.minutes(1)))
  func catastrophe() throws {
    let compiled = try JSONSchema.compile(["pattern": "^(a|a|b)*(a+)+(a+)+c$"])
    let violations = compiled.validate(
      .string(String(repeating: "a", count: 60) + "cd"))
    #expect(violations.first?.expected.contains("step limit") == true)
  }

  @Test("a schema that doubles at each level is cut off", .timeLimit(.minutes(1)))
  func doubling() throws {
    var definitions: [String: JSONValue] = ["d0": ["not": false]]
    for level in 1...40 {
      let inner: JSONValue = ["$ref": .string("#/$defs/d\(level - 1)")]
      definitions["d\(level)"] = ["allOf": [inner, inner]]
    }
    let compiled = try JSONSchema.compile(["$ref": "#/$defs/d40", "$defs": .object(definitions)])
    #expect(compiled.validate(1).map(\.keyword) == ["limit"])
  }

  @Test("a value as deep as the parser admits is checked against a recursive schema")
  func deep() throws {
    let compiled = try JSONSchema.compile(["items": ["$ref": "#"], "type": "array"])
    let text = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
    #expect(compiled.isValid(try JSONValue(parsing: text)))
  }

  @Test("the alternative that a value comes nearest to is named, with what is wrong there")
  func nearest() throws {
    let schema: JSONValue = [
      "oneOf": [
        ["properties": ["kind": ["const": "a"], "x": ["type": "integer"]], "required": ["x"]],
        ["properties": ["kind": ["const": "b"], "y": ["type": "integer"]], "required": ["y"]],
        ["type": "string"],
      ]
    ]
    let compiled = try JSONSchema.compile(schema)
    let violations = compiled.validate(["kind": "b", "y": "five"])
    #expect(violations.map(\.nearest) == [1])
    #expect(
      violations.first?.causes.map(\.description) == [
        #"/y expected an integer, found "five" (a string)"#
      ])
    #expect(violations.first?.causes.map { "\($0.schema)" } == ["/oneOf/1/properties/y/type"])
    #expect(
      violations.first?.found.hasSuffix(
        #"(alternative 1 comes nearest: /y expected an integer, found "five" (a string))"#) == true)
  }

  @Test(
    "alternatives inside alternatives keep messages short and work linear", .timeLimit(.minutes(1)))
  func nestedAlternatives() throws {
    let schema: JSONValue = [
      "anyOf": [["type": "null"], ["type": "array", "items": ["$ref": "#"]], ["maxLength": 0]]
    ]
    var value: JSONValue = "wrong"
    for _ in 0..<200 { value = [value, "wrong", "wrong"] }
    let violations = try JSONSchema.compile(schema).validate(["x": value])
    #expect(violations == [])
    let strict = try JSONSchema.compile([
      "anyOf": [["type": "null"], ["type": "array", "items": ["$ref": "#"]]]
    ])
    let found = strict.validate(value)
    #expect(found.count == 1)
    #expect((found.first?.description.utf8.count ?? 0) < 1_000)
    var deepest = found.first
    while let next = deepest?.causes.first { deepest = next }
    #expect(deepest?.instance.tokens.count == 200)
  }

  @Test("of a large value only the beginning is shown")
  func largeValue() throws {
    let value = JSONValue.array((0..<100_000).map { .integer($0) })
    let violations = try JSONSchema.compile(["type": "string"]).validate(value)
    #expect(
      violations.map(\.found) == [
        "[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,… (an array)"
      ])
  }
}
