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
      (
        #"{"enum":["red","green"]}"#, #""gren""#,
        #"expected one of "red", "green", found "gren"; did you mean "green"?"#
      ),
      (
        #"{"enum":[1,2]}"#, #""1""#,
        #"expected one of 1, 2, found "1"; did you mean 1, without quotes?"#
      ),
      (#"{"enum":["1"]}"#, "1", #"expected "1", found 1; did you mean "1", with quotes?"#),
      (#"{"const":{"a":1}}"#, "2", #"expected {"a":1}, found 2"#),
      (
        #"{"minLength":3}"#, #""가나""#, #"expected at least 3 characters, found "가나" (2 characters)"#
      ),
      (#"{"maxLength":1}"#, #""ab""#, #"expected at most 1 character, found "ab" (2 characters)"#),
      (#"{"pattern":"^a$"}"#, #""b""#, #"expected text that matches ^a$, found "b""#),
      (#"{"minimum":5}"#, "4.5", "expected a number of at least 5, found 4.5"),
      (
        #"{"maximum":3.141592653589793}"#, "30.000000000000004",
        "expected a number of at most 3.141592653589793, found 30.000000000000004"
      ),
      (#"{"exclusiveMaximum":5}"#, "5", "expected a number below 5, found 5"),
      (#"{"multipleOf":0.01}"#, "0.075", "expected a multiple of 0.01, found 0.075"),
      (#"{"required":["a"]}"#, "{}", #"expected a member "a", found no members"#),
      (
        #"{"required":["a"]}"#, #"{"b":1}"#,
        #"expected a member "a", found only "b""#
      ),
      (
        #"{"properties":{"id":true},"required":["id","label"]}"#, #"{"id":1,"lable":2}"#,
        #"expected a member "label", found only "id", "lable"; is "lable" meant to be "label"?"#
      ),
      (
        #"{"dependentRequired":{"card":["address"]}}"#, #"{"card":1,"name":2}"#,
        #"expected a member "address" beside "card", found only "card", "name""#
      ),
      (
        #"{"dependentSchemas":{"card":{"required":["address"]}}}"#, #"{"card":1}"#,
        #"since there is a member "card", expected a member "address", found only "card""#
      ),
      (
        #"{"properties":{"a":{"items":{"type":"null"}}}}"#, #"{"a":[null,1]}"#,
        "/a/1: expected null, found 1 (an integer)"
      ),
      (
        #"{"properties":{"a":true},"additionalProperties":false}"#, #"{"xyz":1}"#,
        #"/xyz: expected only the members "a", found "xyz""#
      ),
      (
        #"{"properties":{"label":true},"patternProperties":{"^x-":true},"additionalProperties":false}"#,
        #"{"lable":1}"#,
        #"/lable: expected only the members "label", and names that match ^x-, found "lable"; did you mean "label"?"#
      ),
      (
        #"{"properties":{"label":true},"unevaluatedProperties":false}"#, #"{"label":1,"lable":1}"#,
        #"/lable: expected only the members "label", found "lable"; did you mean "label"?"#
      ),
      (#"{"additionalProperties":false}"#, #"{"a":1}"#, #"/a: expected no members, found "a""#),
      (#"{"properties":{"a":false}}"#, #"{"a":1}"#, "/a: expected no value here, found 1"),
      (
        #"{"propertyNames":{"maxLength":2}}"#, #"{"abc":1}"#,
        #"/abc: as the name of a member, expected at most 2 characters, found "abc" (3 characters)"#
      ),
      (#"{"maxItems":1}"#, "[1,2]", "expected at most 1 element, found 2"),
      (#"{"minProperties":1}"#, "{}", "expected at least 1 member, found 0"),
      (
        #"{"contains":{"type":"string"}}"#, "[1]",
        "expected at least 1 element to match the schema in contains, found 0"
      ),
      (
        #"{"uniqueItems":true}"#, "[1,2,1.0]",
        "expected elements that all differ, found 1 at 0 and 2"
      ),
      (
        #"{"format":"date"}"#, #""2026-02-30""#,
        #"expected a date such as 2026-03-31, found "2026-02-30""#
      ),
      (
        #"{"if":{"required":["a"]},"then":{"required":["b"]}}"#, #"{"a":1}"#,
        #"since /if matches, expected a member "b", found only "a""#
      ),
      (
        #"{"properties":{"k":{"if":{"type":"string"},"else":{"minimum":5}}}}"#, #"{"k":4}"#,
        "/k: since /properties/k/if does not match, expected a number of at least 5, found 4"
      ),
      (#"{"not":{"const":5}}"#, "5", "expected anything but 5, found 5"),
      (#"{"not":{"type":"null"}}"#, "null", "expected anything but null, found null"),
      (#"{"not":{"required":["a"]}}"#, #"{"a":1}"#, #"expected no member "a", found {"a":1}"#),
      (
        #"{"not":{"minimum":1,"maximum":3}}"#, "2",
        "expected a value that does not match the schema at /not, found 2"
      ),
      (
        #"{"oneOf":[true,false,true]}"#, "1",
        "matches 2 of 3 branches of oneOf (branches 1, 3), but must match exactly one"
      ),
      (
        #"{"anyOf":[false]}"#, "1",
        "matches none of 1 branch of anyOf; nearest is branch 1 (/anyOf/0): expected no value here, found 1"
      ),
      (
        #"{"anyOf":[{"type":"integer"},{"type":"null"}]}"#, #""x""#,
        #"matches none of 2 branches of anyOf: expected an integer or null, found "x" (a string)"#
      ),
      (
        ##"{"oneOf":[{"type":"null"},{"$ref":"#/$defs/number"}],"$defs":{"number":{"type":"number","minimum":5}}}"##,
        "4",
        "matches none of 2 branches of oneOf; nearest is branch 2 (/$defs/number): expected a number of at least 5, found 4"
      ),
      ("false", "1", "expected no value here, found 1"),
    ])
  func sentences(schema: String, value: String, sentence: String) throws {
    let compiled = try JSONSchema.compile(try JSONValue(parsing: schema), assertFormats: true)
    let violations = compiled.validate(try JSONValue(parsing: value))
    #expect(violations.map(\.description) == [sentence])
  }

  @Test("hints stay away from lists that are too long and words that are not near")
  func noHints() throws {
    let many = (0..<50_000).map { JSONValue.string("\($0)") } + ["zebra"]
    let long = try JSONSchema.compile(["enum": .array(many)])
    #expect(long.validate("zebre").first?.found == "\"zebre\"")
    let short = try JSONSchema.compile(["enum": ["green"]])
    #expect(short.validate("purple").first?.found == "\"purple\"")
  }

  @Test(
    "a malformed schema is refused with a pointer into it",
    arguments: [
      (
        #"{"properties":{"a":{"type":"strin"}}}"#,
        "at /properties/a/type: type must be one or more of null, boolean, object, array, number, string and integer, found \"strin\"; did you mean \"string\"?"
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
    let nearest = try #require(violations.first?.nearest)
    #expect(nearest.index == 1 && nearest.place == "/oneOf/1")
    #expect(
      nearest.violations.map(\.description) == [
        #"/y: expected an integer, found "five" (a string)"#
      ])
    #expect(nearest.violations.map { "\($0.schema)" } == ["/oneOf/1/properties/y/type"])
    #expect(
      violations.first?.description
        == #"matches none of 3 branches of oneOf; nearest is branch 2 (/oneOf/1, kind = "b"): /y: expected an integer, found "five" (a string)"#
    )
  }

  @Test(
    "a branch whose constants fit is nearer than one that goes wrong deeper",
    arguments: [
      (
        #"{"kind":"circle","size":{"w":"wide"}}"#,
        #"nearest is branch 1 (/oneOf/0, kind = "circle"): expected a member "r""#
      ),
      (
        #"{"kind":"box","size":{"w":"wide"}}"#,
        #"nearest is branch 2 (/$defs/box, kind = "box"): /size/w: expected a number"#
      ),
      (
        #"{"kind":"oval"}"#,
        #"of oneOf: expected "circle" or one of "box", "crate" at /kind, found "oval""#
      ),
      (#"{"size":{"w":"wide"}}"#, #"nearest is branch 2 (/$defs/box): "#),
    ])
  func tags(value: String, sentence: String) throws {
    let schema = ##"""
      {"oneOf":[
        {"properties":{"kind":{"const":"circle"},"r":{"type":"number"}},"required":["kind","r"]},
        {"$ref":"#/$defs/box"}],
       "$defs":{"box":{"allOf":[{"properties":{"kind":{"enum":["box","crate"]}}}],
         "properties":{"size":{"properties":{"w":{"type":"number"}}}},"required":["kind"]}}}
      """##
    let compiled = try JSONSchema.compile(try JSONValue(parsing: schema))
    let found = compiled.validate(try JSONValue(parsing: value)).map(\.description)
    #expect(found.count == 1 && found.first?.contains(sentence) == true, "\(found)")
  }

  @Test("a constant that fits in no branch, or in every one, tells no branches apart")
  func noTags() throws {
    let typo = try JSONSchema.compile([
      "anyOf": [["type": "null"], ["properties": ["color": ["enum": ["red", "green"]]]]]
    ])
    #expect(typo.validate(["color": "gren"]).first?.nearest?.index == 1)
    let version: JSONValue = ["properties": ["v": ["const": 1]]]
    let same = try JSONSchema.compile([
      "allOf": [version],
      "anyOf": [
        ["properties": ["v": ["const": 1], "a": ["type": "null"]]],
        ["properties": ["v": ["const": 1], "a": ["properties": ["b": ["type": "null"]]]]],
      ],
    ])
    let nearest = try #require(same.validate(["v": 1, "a": ["b": 2]]).first?.nearest)
    #expect(nearest.index == 1 && nearest.tag == nil)
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
    while let next = deepest?.nearest?.violations.first { deepest = next }
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

  @Test("draft 4 shows a number as it is written, since that is what is wrong with it")
  func spelling() throws {
    let schema = try JSONSchema.compile([
      "$schema": "http://json-schema.org/draft-04/schema#", "type": "integer",
    ])
    #expect(
      schema.validate(try JSONValue(parsing: "2.0")).map(\.reason)
        == ["expected an integer, found 2.0 (a number)"])
  }

  @Test("an empty list of values is told as such")
  func emptyEnum() throws {
    let schema = try JSONSchema.compile(["enum": []])
    #expect(
      schema.validate(1).map(\.reason)
        == ["expected no value at all, since the list is empty, found 1"])
  }
}
