import JSON
import JSONSchema
import MLOpsCore
import Testing

@testable import ModelRuntime

@Suite struct JSONSchemaGrammarTests {
  struct Example: Sendable {
    let schema: String
    let texts: [String]
    let others: [String]
  }

  static let examples = [
    Example(
      schema:
        #"{"type": "object", "properties": {"z": {"type": "null"}, "a": {"type": "boolean"}, "m": {"const": 3}}, "required": ["a"]}"#,
      texts: [#"{"a":true}"#, #"{"z":null,"a":false,"m":3}"#, "{\n  \"a\": true,\n  \"m\": 3\n}"],
      others: [
        "{}", #"{"z":null}"#, #"{"a":true,"z":null}"#, #"{"a":true,}"#, #"{"a":true,"q":1}"#,
      ]),
    Example(
      schema: #"{"type": "object", "properties": {"a": {"const": 1}, "b": {"const": 2}}}"#,
      texts: ["{}", "{ }", #"{"a":1}"#, #"{"b": 2}"#, #"{"a":1,"b":2}"#],
      others: [#"{,"b":2}"#, #"{"b":2,"a":1}"#, #"{"a":1"b":2}"#]),
    Example(
      schema: #"{"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 3}"#,
      texts: ["[1,2]", "[-1, 0, 12]"], others: ["[]", "[1]", "[1,2,3,4]", "[01,2]", "[1.5,2]"]),
    Example(
      schema: #"{"enum": ["가 \"나\"\n", 1.5, {"b": [null], "a": true}]}"#,
      texts: [#""가 \"나\"\n""#, "1.5", #"{"a":true,"b":[null]}"#], others: [#""가""#, "2", "null"]),
    Example(
      schema: #"{"type": "string", "minLength": 2, "maxLength": 3}"#,
      texts: [#""가나""#, #""\n\"a""#, #""\u00e9bc""#, #""😀😀""#],
      others: [#""a""#, #""abcd""#, "\"a\n\"", #""\ud800a""#, #""\q1""#]),
    Example(
      schema:
        ##"{"$defs": {"tree": {"type": "object", "properties": {"v": {"type": "integer"}, "kids": {"type": "array", "items": {"$ref": "#/$defs/tree"}}}, "required": ["v", "kids"]}}, "$ref": "#/$defs/tree"}"##,
      texts: [
        #"{"v":1,"kids":[]}"#,
        #"{"v":1,"kids":[{"v":2,"kids":[{"v":3,"kids":[]}]},{"v":4,"kids":[]}]}"#,
      ],
      others: [#"{"v":1}"#, #"{"v":1,"kids":[1]}"#]),
    Example(
      schema: ##"{"anyOf": [{"type": "integer"}, {"type": "array", "items": {"$ref": "#"}}]}"##,
      texts: ["4", "[]", "[[1],[[2,3]]]"], others: ["[", "null", "[1,]"]),
    Example(
      schema:
        #"{"oneOf": [{"type": "object", "properties": {"k": {"const": "x"}, "n": {"type": "number"}}, "required": ["k"]}, {"type": "object", "properties": {"k": {"enum": ["y", "z"]}}, "required": ["k"]}, {"type": "string"}]}"#,
      texts: [#"{"k":"x","n":-1.5e3}"#, #"{"k":"z"}"#, #""""#], others: [#"{"k":"w"}"#, "1"]),
    Example(
      schema: "true", texts: [#"{"a":[1,{"b":null}],"c":"d"}"#, "-0.5", "[ ]"],
      others: ["", "{a:1}"]),
    Example(
      schema: #"{"type": ["integer", "null"], "minimum": 3}"#, texts: ["3", "99", "null"],
      others: ["2", "-3", "nul"]),
    Example(
      schema: #"{"type": "object", "additionalProperties": {"type": "integer"}}"#,
      texts: ["{}", #"{"a":1,"b":2}"#], others: [#"{"a":"b"}"#]),
    Example(
      schema: #"{"type": "object", "required": ["x"], "properties": {"y": false}}"#,
      texts: [#"{"x":[]}"#], others: ["{}", #"{"y":1,"x":1}"#]),
    Example(
      schema: #"{"allOf": [{"type": "null"}], "title": "t"}"#, texts: ["null"], others: ["1"]),
  ]

  @Test(arguments: examples)
  func `a schema's grammar has its values and no others`(example: Example) throws {
    let grammar = try JSONSchemaGrammar(parsing: example.schema).text
    let schema = try JSONSchema.compile(JSONValue(parsing: example.schema))
    for text in example.texts {
      #expect(try GrammarFixture.accepts(grammar, text), "\(text)\n\(grammar)")
      #expect(schema.isValid(try JSONValue(parsing: text)))
    }
    for text in example.others {
      #expect(try !GrammarFixture.accepts(grammar, text), "\(text)\n\(grammar)")
    }
  }

  @Test(arguments: examples)
  func `whatever is written by a schema's grammar parses and is valid`(example: Example) throws {
    let schema = try JSONSchema.compile(JSONValue(parsing: example.schema))
    for isCompact in [true, false] {
      let grammar = try JSONSchemaGrammar(parsing: example.schema, isCompact: isCompact).text
      var complete = 0
      for seed: UInt64 in 0..<12 {
        guard let text = try GrammarFixture.walk(grammar, limit: 60, seed: seed) else { continue }
        complete += 1
        do {
          let value = try JSONValue(parsing: text)
          #expect(schema.isValid(value), "\(text)")
          if isCompact { #expect(!text.hasPrefix("{ ")) }
        } catch {
          // Free names may come twice, which no grammar can see.
          #expect(error.reason.contains("occurs twice"), "\(text)")
        }
      }
      #expect(complete > 2)
    }
  }

  @Test func `integers between bounds are those and no others`() throws {
    var generator = SplitMix64(seed: 9)
    for _ in 0..<25 {
      let size = [12, 130, 1500][Int(generator.next() % 3)]
      let ends = (0..<2).map { _ in Int(generator.next() % UInt64(2 * size)) - size }.sorted()
      let grammar = try JSONSchemaGrammar(
        .object([
          "type": .string("integer"), "minimum": .integer(ends[0]),
          "exclusiveMaximum": .integer(ends[1] + 1),
        ])
      ).text
      for value in stride(from: -size - 20, through: size + 20, by: 1 + size / 60) {
        let found = try GrammarFixture.accepts(grammar, String(value))
        #expect(found == (ends[0]...ends[1]).contains(value), "\(value) in \(ends)")
      }
      for end in ends { #expect(try GrammarFixture.accepts(grammar, String(end))) }
      for text in ["", "-", "00", "-0", "01"] {
        #expect(try !GrammarFixture.accepts(grammar, text))
      }
    }
    let open = try JSONSchemaGrammar(parsing: #"{"type": "integer", "minimum": 1000}"#).text
    #expect(try GrammarFixture.accepts(open, "9999999999999999"))
    #expect(try !GrammarFixture.accepts(open, "999"))
  }

  @Test(arguments: [
    (#"{"type": "string", "pattern": "a"}"#, "pattern", "/pattern"),
    (#"{"type": "string", "format": "date"}"#, "format", "/format"),
    (#"{"properties": {"a/b": {"multipleOf": 2}}}"#, "multipleOf", "/properties/a~1b/multipleOf"),
    (#"{"type": "number", "minimum": 2}"#, "minimum", "/minimum"),
    (#"{"type": "integer", "minimum": 2.5}"#, "minimum", "/minimum"),
    (#"{"items": {"uniqueItems": true}}"#, "uniqueItems", "/items/uniqueItems"),
    (#"{"anyOf": [true], "type": "string"}"#, "type", "/type"),
    (#"{"oneOf": [{"type": "integer"}, {"type": "number"}]}"#, "oneOf", "/oneOf"),
    (#"{"allOf": [true, true]}"#, "allOf", "/allOf"),
    (##"{"$ref": "other.json#/a"}"##, "$ref", "/$ref"),
    (#"{"type": "string", "maxLength": 100000}"#, "maxLength", "/maxLength"),
    (#"{"patternProperties": {}}"#, "patternProperties", "/patternProperties"),
    (#"{"not": {}}"#, "not", "/not"), (#"{"enum": [1], "minimum": 0}"#, "minimum", "/minimum"),
    (#"{"properties": {"a": {"$id": "x"}}}"#, "$id", "/properties/a/$id"),
  ])
  func `a keyword that cannot be written is named with its place`(
    schema: String, keyword: String, pointer: String
  ) {
    let error = #expect(throws: JSONSchemaGrammarError.self) {
      try JSONSchemaGrammar(parsing: schema)
    }
    guard case .unsupported(keyword, let place, _)? = error else {
      Issue.record("\(schema): \(String(describing: error))")
      return
    }
    #expect(place.description == pointer)
    #expect(error?.code == "core.schema_unsupported")
    #expect(error?.message.contains("'\(keyword)' at '\(pointer)'") == true)
  }

  @Test(arguments: [
    "3", "false", #"{"type": "strange"}"#, #"{"type": []}"#, #"{"type": 1}"#, #"{"enum": []}"#,
    #"{"enum": 1}"#, #"{"enum": [1], "type": "string"}"#, #"{"anyOf": []}"#, #"{"anyOf": 1}"#,
    #"{"properties": 1}"#, #"{"required": "a"}"#, #"{"required": [1]}"#,
    ##"{"$ref": "#/nowhere"}"##,
    ##"{"$ref": "#"}"##,
    ##"{"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}"##,
    #"{"minItems": -1}"#, #"{"minItems": 3, "maxItems": 2}"#, #"{"minLength": "2"}"#,
    #"{"type": "integer", "minimum": 5, "maximum": 4}"#, #"{"const": 1, "enum": [2]}"#,
  ])
  func `what is no schema, or has no value, is refused`(schema: String) {
    let error = #expect(throws: JSONSchemaGrammarError.self) {
      try JSONSchemaGrammar(parsing: schema)
    }
    #expect(error?.code == "core.schema_invalid")
  }
}
