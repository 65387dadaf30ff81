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
        #"error at /properties/a/type: type must be one or more of null, boolean, object, array, number, string and integer, found "strin"; did you mean "string"?"#,
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
        #"/requird: "requird" is no keyword of draft 2020-12; did you mean "required"?"#
      ),
      (
        ##"{"$schema":"http://json-schema.org/draft-07/schema#","$defs":{}}"##,
        #"/$defs: "$defs" is no keyword of draft 7; it exists since draft 2019-09"#
      ),
      (
        #"{"additionalItems":false}"#,
        #"/additionalItems: "additionalItems" is no keyword of draft 2020-12; it exists until draft 2019-09"#
      ),
      (
        #"{"properties":{"name":{}},"required":["nmae"],"additionalProperties":false}"#,
        #"/required: required has "nmae", which properties lacks and additionalProperties forbids; did you mean "name"?"#
      ),
      (
        #"{"minLength":3,"maxLength":2}"#,
        "/minLength: minLength is 3 and maxLength is 2, so nothing meets both"
      ),
      (
        #"{"minimum":1e3,"maximum":2}"#,
        "/minimum: minimum is 1000 and maximum is 2, so nothing meets both"
      ),
      (
        #"{"exclusiveMinimum":2,"maximum":2}"#,
        "/exclusiveMinimum: exclusiveMinimum is 2 and maximum is 2, so nothing meets both"
      ),
      (
        #"{"enum":[]}"#,
        "/enum: enum is empty, so nothing is valid"
      ),
      (
        #"{"type":"string","enum":[1,2]}"#,
        "/enum: enum has no value of the type string, so nothing is valid"
      ),
      (
        #"{"type":"string","const":1}"#,
        "/const: const 1 is not of the type string, so nothing is valid"
      ),
      (
        #"{"type":"string","minimum":1}"#,
        "/minimum: minimum has no effect, since type admits only string"
      ),
      (
        #"{"pattern":"^(a+)+$"}"#,
        #"/pattern: pattern "^(a+)+$" may take exponentially many steps to fail: it has a repetition inside a repetition"#
      ),
      (
        #"{"format":"date_time"}"#,
        #"/format: format "date_time" is not known, so it is not checked; did you mean "date-time"?"#
      ),
      (
        ##"{"$schema":"http://json-schema.org/draft-07/schema#","definitions":{"a":{}},"allOf":[{"$ref":"#/definitions/a","minLength":2}]}"##,
        "/allOf/0/minLength: minLength has no effect, since up to draft 7 $ref hides what stands beside it"
      ),
      (
        #"{"maxContains":2}"#,
        "/maxContains: maxContains has no effect without contains"
      ),
      (#"{"then":{}}"#, "/then: then has no effect without if"),
    ])
  func warnings(schema: String, warning: String) throws {
    #expect(try problems(schema) == ["warning at " + warning])
  }

  @Test(
    "every warning is an error on request",
    arguments: [
      #"{"tpye":"string"}"#, #"{"minLength":3,"maxLength":2}"#, #"{"then":{}}"#,
      #"{"pattern":"^(a+)+$"}"#, #"{"format":"dat"}"#, #"{"type":"string","minimum":1}"#,
    ])
  func strict(schema: String) throws {
    let lax = try problems(schema)
    let strict = try problems(schema, strict: true)
    #expect(lax.count == 1 && lax.allSatisfy { $0.hasPrefix("warning at ") })
    #expect(strict == lax.map { "error" + $0.dropFirst("warning".count) })
  }

  @Test(
    "a mistyped type is told with what was probably meant",
    arguments: [
      (#""strng""#, #""strng"; did you mean "string"?"#),
      (#""int""#, #""int"; did you mean "integer"?"#),
      (#""bool""#, #""bool"; did you mean "boolean"?"#),
      (#""float""#, #""float"; did you mean "number"?"#),
      (#""object ""#, #""object "; did you mean "object"?"#),
      (#""String""#, #""String"; did you mean "string"?"#),
      (#""dict""#, #""dict"; did you mean "object"?"#),
      (#""date""#, #""date"; did you mean "string" with "format": "date"?"#),
      (
        #"["null","strng"]"#, #"["null","strng"]; did you mean "string" instead of "strng"?"#
      ),
      (#""qqqqqqq""#, #""qqqqqqq""#), ("5", "5"), ("[]", "[]"),
    ])
  func typeNames(type: String, found: String) throws {
    let error = #expect(throws: SchemaError.self) {
      try JSONSchema.compile(try JSONValue(parsing: #"{"type":\#(type)}"#))
    }
    #expect(error?.reason.hasSuffix("found " + found) == true, "\(String(describing: error))")
    #expect(try problems(#"{"type":\#(type)}"#).first?.hasSuffix("found " + found) == true)
  }

  @Test("unknown keywords are errors on request for compiling too")
  func strictCompiling() throws {
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

  @Test("a member that a schema lacks is missing, and is not what it must be")
  func missingMember() throws {
    #expect(
      try problems(
        ##"{"$schema":"http://json-schema.org/draft-04/schema#","exclusiveMinimum":true}"##)
        == [
          #"error at the root of the schema: expected a member "minimum" beside "exclusiveMinimum", found only "$schema", "exclusiveMinimum""#
        ])
  }
}
