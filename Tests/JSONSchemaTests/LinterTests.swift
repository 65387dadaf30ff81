import JSON
import JSONSchema
import Testing

@Suite struct LinterTests {
  private func problems(_ text: String, strict: Bool = false) throws -> [String] {
    SchemaLinter.check(try JSONValue(parsing: text), options: SchemaOptions(isStrict: strict))
      .map(\.description)
  }

  @Test("a sound schema has no problems")
  func sound() throws {
    let schema = #"""
      {"$schema":"https://json-schema.org/draft/2020-12/schema","title":"A","type":"object",
      "properties":{"a":{"type":"string","pattern":"^(?:a|b)+$","maxLength":5}},
      "required":["a"],"additionalProperties":false,"x-origin":"here"}
      """#
    #expect(try problems(schema) == [])
  }

  @Test("all errors of a schema are told, in the order of places")
  func allErrors() throws {
    let schema = #"""
      {"items":{"$ref":"#/nowhere"},"minLength":-1,
      "properties":{"b":5,"a":{"pattern":"(","type":"strin"}}}
      """#
    #expect(
      try problems(schema) == [
        ##"error at /items/$ref: $ref must be a reference to a schema, found "#/nowhere": the schema has no "nowhere""##,
        "error at /minLength: minLength must be a whole number of at least 0, found -1",
        #"error at /properties/a/pattern: pattern must be a regular expression of ECMA-262, found "(": missing closing parenthesis"#,
        #"error at /properties/a/type: type must be one or more of null, boolean, object, array, number, string and integer, found "strin""#,
        "error at /properties/b: a schema must be an object or a boolean, found 5",
      ])
    let error = #expect(throws: SchemaError.self) {
      try JSONSchema.compile(try JSONValue(parsing: schema))
    }
    #expect(error?.problems.count == 5)
  }

  @Test(
    "what is legal but hardly meant is a warning",
    arguments: [
      (
        #"{"requird":["a"]}"#,
        #"/requird: requird must be a keyword of draft 2020-12, found the unknown "requird"; did you mean "required"?"#
      ),
      (
        ##"{"$schema":"http://json-schema.org/draft-07/schema#","$defs":{}}"##,
        #"/$defs: $defs must be a keyword of draft 7, found the unknown "$defs", which exists since draft 2019-09"#
      ),
      (
        #"{"additionalItems":false}"#,
        #"/additionalItems: additionalItems must be a keyword of draft 2020-12, found the unknown "additionalItems", which exists until draft 2019-09"#
      ),
      (
        #"{"properties":{"name":{}},"required":["nmae"],"additionalProperties":false}"#,
        #"/required: required must be names that properties has, since additionalProperties is false, found "nmae"; did you mean "name"?"#
      ),
      (
        #"{"minLength":3,"maxLength":2}"#,
        "/minLength: minLength must be at most maxLength, found 3, and maxLength 2"
      ),
      (
        #"{"minimum":1e3,"maximum":2}"#,
        "/minimum: minimum must be at most maximum, found 1000, and maximum 2"
      ),
      (
        #"{"exclusiveMinimum":2,"maximum":2}"#,
        "/exclusiveMinimum: exclusiveMinimum must be below maximum, found 2, and maximum 2"
      ),
      (
        #"{"enum":[]}"#,
        "/enum: enum must be an array of at least one value, found [], which nothing is in"
      ),
      (
        #"{"type":"string","enum":[1,2]}"#,
        "/enum: enum must be a value of the type string, found none"
      ),
      (
        #"{"type":"string","const":1}"#, "/const: const must be of the type string, found 1"
      ),
      (
        #"{"type":"string","minimum":1}"#,
        "/minimum: minimum must be beside a type that admits integer or number, found the type string, so it has no effect"
      ),
      (
        #"{"pattern":"^(a+)+$"}"#,
        #"/pattern: pattern must be a regular expression that is quickly decided, found "^(a+)+$", whose repetition inside a repetition may take exponentially many steps to fail"#
      ),
      (
        #"{"format":"date_time"}"#,
        #"/format: format must be a format that is known, found "date_time"; did you mean "date-time"?"#
      ),
      (
        ##"{"$schema":"http://json-schema.org/draft-07/schema#","definitions":{"a":{}},"allOf":[{"$ref":"#/definitions/a","minLength":2}]}"##,
        "/allOf/0/minLength: minLength must be in another schema than $ref, found it beside $ref, which hides it up to draft 7"
      ),
      (
        #"{"maxContains":2}"#,
        "/maxContains: maxContains must be beside contains, found no contains, so it has no effect"
      ),
      (#"{"then":{}}"#, "/then: then must be beside if, found no if, so it has no effect"),
    ])
  func warnings(schema: String, warning: String) throws {
    #expect(try problems(schema) == ["warning at " + warning])
  }

  @Test("unknown keywords are errors on request, for compiling too")
  func strict() throws {
    #expect(try problems(#"{"tpye":"string"}"#, strict: true).first?.hasPrefix("error at") == true)
    #expect(throws: SchemaError.self) {
      try JSONSchema.compile(["tpye": "string"], options: SchemaOptions(isStrict: true))
    }
    _ = try JSONSchema.compile(["x-tpye": "string"], options: SchemaOptions(isStrict: true))
  }

  @Test("what only the metaschema forbids is told too")
  func metaschema() throws {
    #expect(
      try problems(#"{"required":["a","a"],"title":5}"#) == [
        "error at /required: required must be elements that all differ, found \"a\" at 0 and 1",
        "error at /title: title must be a string, found 5 (an integer)",
      ])
  }

  @Test(
    "patterns that may take exponentially many steps are told from those that do not",
    arguments: [
      ("^(a+)+$", true), ("^(a*)*b", true), ("^(a|aa)*$", true), (#"^(\w|\d)+$"#, true),
      (#"^(\s*\w+)*$"#, true), ("^([^,]+,?)*$", true), ("^(?:(?:a+)b?)*c", true),
      ("^(a+)+", false), ("^(a+b)+$", false), (#"^(,\d+)*$"#, false), ("^(a|b)*$", false),
      (#"^\d+\.\d+$"#, false), ("^(?:[a-z]{2,}-)*$", false), ("^(a{1,3})*$", false),
      (#"^([a-z]|\d)*$"#, false),
    ])
  func risk(pattern: String, isRisky: Bool) {
    let problems = SchemaLinter.check(["pattern": .string(pattern)])
    #expect(problems.isEmpty == !isRisky, "\(problems)")
  }
}
