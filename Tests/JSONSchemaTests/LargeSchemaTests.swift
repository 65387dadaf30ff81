import JSON
import JSONSchema
import Testing

/// Schemas of about a megabyte, in the shapes that make careless compilers slow or overflow stacks.
@Suite struct LargeSchemaTests {
  private static let shapes: [(name: String, schema: JSONValue)] = [
    ("a large enum", ["enum": .array((0..<50_000).map { .string("value number \($0)") })]),
    ("a large enum of numbers", ["enum": .array((0..<100_000).map { .integer($0 * 7) })]),
    ("many definitions and references", references(16_000, chained: false)),
    ("a long chain of references", references(1_100, chained: true)),
    ("deep nesting", (0..<200).reduce(["maxItems": 3]) { inner, _ in ["items": inner] }),
    ("wide below deep", (0..<100).reduce(wide(10_000)) { inner, _ in ["items": inner] }),
    ("many patterns", patterns(2_000)),
  ]

  private static func references(_ count: Int, chained: Bool) -> JSONValue {
    var definitions: [String: JSONValue] = [:]
    var properties: [String: JSONValue] = [:]
    for index in 0..<count {
      let isLast = index == count - 1 || !chained
      definitions["d\(index)"] =
        isLast ? ["type": "integer"] : ["$ref": .string("#/$defs/d\(index + 1)")]
      if !chained { properties["p\(index)"] = ["$ref": .string("#/$defs/d\(index)")] }
    }
    return [
      "properties": .object(properties), "$defs": .object(definitions),
      "items": ["$ref": "#/$defs/d0"],
    ]
  }

  private static func wide(_ count: Int) -> JSONValue {
    let names = (0..<count).map { ("p\($0)", ["type": "string", "maxLength": 9] as JSONValue) }
    return ["properties": .object(Dictionary(uniqueKeysWithValues: names))]
  }

  private static func patterns(_ count: Int) -> JSONValue {
    let names = (0..<count).map { ("^name\($0)-[a-z]+$", ["type": "string"] as JSONValue) }
    return ["patternProperties": .object(Dictionary(uniqueKeysWithValues: names))]
  }

  @Test("a megabyte of schema compiles in a moment", arguments: shapes.indices)
  func compiles(index: Int) throws {
    let (name, schema) = LargeSchemaTests.shapes[index]
    let clock = ContinuousClock()
    var compiled: CompiledSchema?
    let time = try clock.measure { compiled = try JSONSchema.compile(schema) }
    print("\(name): compiled in \(time)")
    // Some 20 times what an optimised build needs, so that unoptimised ones pass on busy machines;
    // work that is quadratic takes minutes.
    #expect(time < .seconds(5))
    #expect(compiled?.isValid(true) == (schema["enum"] == nil))
  }

  @Test("a schema that nests deeper than any text is refused")
  func tooDeep() {
    let schema = (0..<1_200).reduce(true as JSONValue) { inner, _ in ["not": inner] }
    let error = #expect(throws: SchemaError.self) { try JSONSchema.compile(schema) }
    #expect(error?.reason == "a schema must be one that nests at most 1000 levels, found more")
  }

  @Test("linting a large schema takes a moment too", .timeLimit(.minutes(1)))
  func lints() {
    let names = (0..<10_000).map { "name\($0)" }
    let schema: JSONValue = [
      "properties": .object(Dictionary(uniqueKeysWithValues: names.map { ($0, [:]) })),
      "required": .array(names.map { .string($0 + "x") }), "additionalProperties": false,
    ]
    #expect(SchemaLinter.check(schema).count == 10_000)
  }

  @Test("a chain of references longer than the limit is refused", arguments: [8_000, 20_000])
  func longChain(count: Int) {
    let error = #expect(throws: SchemaError.self) {
      try JSONSchema.compile(LargeSchemaTests.references(count, chained: true))
    }
    #expect(error?.reason.contains("applies at most 1200 schemas inside each other") == true)
  }

  @Test("a chain of references within the limit is followed, also for the types of members")
  func chain() throws {
    var schema = try #require(LargeSchemaTests.references(1_100, chained: true).object)
    schema["properties"] = ["n": ["$ref": "#/$defs/d0"]]
    let compiled = try JSONSchema.compile(.object(schema))
    #expect(compiled.memberTypes["n"] == ["integer"])
    #expect(compiled.validate(["n": "x"]).map(\.keyword) == ["type"])
    #expect(compiled.isValid(["n": 1]))
  }

  @Test("a schema that applies itself to the same value for ever is found while validating")
  func dynamicLoop() throws {
    let compiled = try JSONSchema.compile([
      "$dynamicAnchor": "a", "anyOf": [["$dynamicRef": "#a"]],
    ])
    let violations = compiled.validate(1)
    #expect(violations.map(\.keyword) == ["limit"])
    #expect(violations.first?.found.contains("applies itself to the same value for ever") == true)
  }
}
