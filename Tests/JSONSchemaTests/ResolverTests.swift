import JSON
import JSONSchema
import Synchronization
import Testing

@Suite struct ResolverTests {
  private struct Unreachable: Error, CustomStringConvertible { let description = "no such folder" }

  @Test("a reference leads to what the resolver has, at any depth, and is asked for once")
  func documents() throws {
    let resolver = SchemaResolver(documents: [
      "https://example.com/a": ["$ref": "b#/$defs/c"],
      "https://example.com/b": ["$defs": ["c": ["type": "integer"]]],
    ])
    let schema = try JSONSchema.compile(
      ["items": ["$ref": "https://example.com/a"]], options: SchemaOptions(resolver: resolver))
    let violations = schema.validate([1, "x"])
    #expect(violations.map(\.document) == ["https://example.com/b"])
    #expect(violations.map { "\($0.schema)" } == ["/$defs/c/type"])
    #expect(schema.isValid([1]))
  }

  @Test(
    "what cannot be resolved says where, what and where it was looked for",
    arguments: [
      (
        "https://example.com/gone",
        "at /items/$ref: $ref must be a reference to a known document, found \"https://example.com/gone\", which is not in the schema and the documents it came with, nor in the shelf, nor in the bundled metaschemas"
      ),
      (
        "https://example.com/broken",
        "at /items/$ref: $ref must be a reference to a known document, found \"https://example.com/broken\", which is not in the schema and the documents it came with, nor in the shelf (no such folder), nor in the bundled metaschemas"
      ),
      (
        "https://example.com/there#/a/b",
        "at /items/$ref: $ref must be a reference to a schema, found \"https://example.com/there#/a/b\": https://example.com/there has no \"b\" at /a"
      ),
      (
        "https://example.com/bad",
        "at /type of https://example.com/bad: type must be one or more of null, boolean, object, array, number, string and integer, found \"no\""
      ),
    ])
  func unresolvable(uri: String, message: String) throws {
    let resolver = SchemaResolver("the shelf") { uri in
      switch uri {
      case "https://example.com/there": ["a": [:]]
      case "https://example.com/bad": ["type": "no"]
      case "https://example.com/broken": throw Unreachable()
      default: nil
      }
    }
    let error = #expect(throws: SchemaError.self) {
      try JSONSchema.compile(
        ["items": ["$ref": .string(uri)]], options: SchemaOptions(resolver: resolver))
    }
    #expect(error?.description == message)
  }

  @Test("the last resort is asked after everything else, and its failure is told")
  func lastResort() throws {
    let asked = Mutex<[String]>([])
    let options = SchemaOptions(
      resolver: SchemaResolver([
        SchemaResolver("one shelf") { _ in nil },
        SchemaResolver(documents: ["https://example.com/near": true]),
      ]),
      lastResort: SchemaResolver("the network") { uri in
        asked.withLock { $0.append(uri) }
        if uri == "https://example.com/far" { return ["type": "integer"] }
        throw Unreachable()
      })
    let schema: JSONValue = [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "allOf": [
        ["$ref": "https://example.com/near"], ["$ref": "https://example.com/far"],
        ["not": ["$ref": "https://json-schema.org/draft/2020-12/schema"]],
      ],
    ]
    #expect(try JSONSchema.compile(schema, options: options).isValid(5))
    #expect(SchemaLinter.check(schema, options: options).isEmpty)
    #expect(Set(asked.withLock { $0 }) == ["https://example.com/far"])
    let error = #expect(throws: SchemaError.self) {
      try JSONSchema.compile(["$ref": "https://example.com/gone#/a"], options: options)
    }
    #expect(error?.missing == "https://example.com/gone")
    #expect(
      error?.reason.hasSuffix(
        "nor in the bundled metaschemas, and cannot be fetched: no such folder") == true)
    let dialect = #expect(throws: SchemaError.self) {
      try JSONSchema.compile(["$schema": "https://example.com/odd"], options: options)
    }
    #expect(dialect?.missing == "https://example.com/odd")
  }

  @Test(
    "every bundled metaschema tells sound schemas from others",
    arguments: SchemaDraft.allCases)
  func metaschemas(draft: SchemaDraft) throws {
    let schema = try JSONSchema.compile(["$ref": .string(draft.uri)])
    #expect(!schema.isValid(["type": 5]))
    #expect(schema.isValid(["type": "object"]))
    let own = try JSONSchema.compile(
      ["$ref": .string(draft.uri)], options: SchemaOptions(draft: draft))
    #expect(own.isValid(["properties": ["a": ["type": "string"]]]))
    #expect(!own.isValid(["properties": ["a": ["minLength": "5"]]]))
  }

  @Test(
    "a metaschema of one's own chooses vocabularies; one that requires an unknown one is refused")
  func vocabularies() throws {
    let core = "https://json-schema.org/draft/2020-12/vocab/"
    let documents: [String: JSONValue] = [
      "https://example.com/small": [
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$vocabulary": .object([core + "core": true, core + "validation": true]),
      ],
      "https://example.com/odd": [
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$vocabulary": ["https://example.com/vocab/odd": true],
      ],
    ]
    let options = SchemaOptions(resolver: SchemaResolver(documents: documents))
    let small = try JSONSchema.compile(
      [
        "$schema": "https://example.com/small", "minimum": 2,
        "properties": ["a": ["type": "string"]],
      ], options: options)
    let given = try JSONSchema.compile(
      ["$schema": "https://example.com/small", "properties": ["a": false]], resources: documents)
    #expect(given.isValid(["a": 1]))
    #expect(!small.isValid(1))
    #expect(small.isValid(["a": 1]))
    let error = #expect(throws: SchemaError.self) {
      try JSONSchema.compile(["$schema": "https://example.com/odd"], options: options)
    }
    #expect(error?.reason.contains("which requires \"https://example.com/vocab/odd\"") == true)
  }

  @Test("the draft of a schema without $schema can be chosen")
  func defaultDraft() throws {
    let schema: JSONValue = ["minimum": 1, "exclusiveMinimum": true]
    let old = try JSONSchema.compile(schema, options: SchemaOptions(draft: .draft4))
    #expect(!old.isValid(1))
    #expect(throws: SchemaError.self) { try JSONSchema.compile(schema) }
  }
}
