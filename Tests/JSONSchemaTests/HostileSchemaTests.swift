import JSON
import Testing

@testable import JSONSchema

/// Small schemas that ask for more work than anyone could wait for: each of them takes years where
/// nothing bounds it, so a minute is told from it on any machine.
@Suite(.timeLimit(.minutes(1))) struct HostileSchemaTests {
  /// Definitions a0 … a40, each of which applies the next one twice.
  private static func doubling(_ make: (JSONValue) -> JSONValue) -> JSONValue {
    var definitions: [String: JSONValue] = ["a40": ["type": ["integer", "object"]]]
    for index in 0..<40 {
      definitions["a\(index)"] = make(["$ref": .string("#/$defs/a\(index + 1)")])
    }
    return ["$ref": "#/$defs/a0", "$defs": .object(definitions)]
  }

  private static func nested(_ depth: Int, _ inner: String, _ open: String, _ close: String)
    -> String
  {
    String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
  }

  private func verdicts(_ schema: JSONValue, _ row: String) throws -> [RowVerdict] {
    let batch = try #require(RowBatch(try JSONSchema.compile(schema), capacity: 1 << 16))
    let text = Array(row.utf8)
    batch.text.copyBytes(from: text)
    var verdicts: [RowVerdict] = []
    let counts = batch.check(text.count) { _, _, verdict in verdicts.append(verdict) }
    return verdicts + (0..<counts.valid).map { _ in .valid }
  }

  @Test("the fast path asks what is listed twice only once")
  func duplicates() throws {
    for keyword in ["allOf", "anyOf"] {
      let schema = HostileSchemaTests.doubling { [keyword: [$0, $0]] }
      #expect(try verdicts(schema, "1") == [.valid], "\(keyword)")
    }
  }

  private static let arrays = nested(40, "1", "[", "]")
  private static let objects = nested(40, "1", "{\"ab\":", "}")
  private static let doublings: [(String, JSONValue, String)] = [
    ("allOf", doubling { ["allOf": [$0, ["minimum": 0, "allOf": [$0]]]] }, "1"),
    ("oneOf", doubling { ["oneOf": [$0, $0], "minimum": 0] }, "1"),
    ("if", doubling { ["if": $0, "then": ["minimum": 0, "allOf": [$0]]] }, "1"),
    (
      "dependentSchemas",
      doubling { ["dependentSchemas": ["a": $0, "b": ["minimum": 0, "allOf": [$0]]]] },
      "{\"a\":1,\"b\":2}"
    ),
    ("contains", ["items": ["$ref": "#"], "contains": ["$ref": "#"]], arrays),
    (
      "patternProperties",
      ["patternProperties": ["a": ["$ref": "#"], "b": ["$ref": "#", "minimum": 0]]], objects
    ),
  ]

  @Test("the fast path gives up where schemas double", arguments: doublings.indices)
  func fast(index: Int) throws {
    let (name, schema, row) = HostileSchemaTests.doublings[index]
    #expect(try verdicts(schema, row) == [.undecided], "\(name)")
  }

  @Test("so does the evaluator, in every mode", arguments: doublings.indices)
  func evaluator(index: Int) throws {
    let (name, schema, row) = HostileSchemaTests.doublings[index]
    guard name == "allOf" || name == "contains" else { return }
    let compiled = try JSONSchema.compile(schema)
    let value = try JSONValue(parsing: Array(row.utf8))
    #expect(compiled.validate(value).map(\.keyword) == ["limit"], "\(name)")
    #expect(compiled.output(value)["valid"] == false)
  }

  @Test("rows that need many steps because they are large are decided")
  func large() throws {
    let inner: JSONValue = ["anyOf": [["type": "string"], ["type": "integer"]]]
    let compiled = try JSONSchema.compile([
      "items": ["allOf": [inner, ["not": ["const": 7.5]], inner]], "uniqueItems": false,
    ])
    #expect(compiled.isValid(.array((0..<150_000).map { .integer($0) })))
  }

  @Test("a violation that would be told of for ever is given up")
  func repeated() throws {
    let schema = HostileSchemaTests.doubling { ["allOf": [$0, $0]] }
    #expect(try JSONSchema.compile(schema).validate("x").map(\.keyword) == ["limit"])
  }

  @Test("alternatives inside each other are told of as far as there is time")
  func alternatives() throws {
    let value = try JSONValue(
      parsing: Array(HostileSchemaTests.nested(30, "\"q\"", "{\"a\":", "}").utf8))
    let mixed = try JSONSchema.compile([
      "anyOf": [
        ["properties": ["a": ["$ref": "#"]], "required": ["z"]],
        ["properties": ["a": ["$ref": "#"]], "required": ["y"]], ["type": "integer"],
      ]
    ])
    #expect(mixed.validate(value).map(\.keyword) == ["anyOf"])
    // Its verdict takes no time, but to say why takes all there is.
    let decided = try JSONSchema.compile([
      "anyOf": .array(
        ["z", "y"].map {
          ["allOf": [["required": [.string($0)]], ["properties": ["a": ["$ref": "#"]]]]]
        })
    ])
    let violations = decided.validate(value)
    #expect(violations.map(\.keyword) == ["anyOf"])
    #expect(violations.first?.nearest != nil)
  }

  @Test("a schema that applies itself is named by # where it is the whole")
  func wholeSchema() throws {
    let compiled = try JSONSchema.compile([
      "$dynamicAnchor": "a", "anyOf": [["$dynamicRef": "#a"]],
    ])
    let found = try #require(compiled.validate(1).first?.found)
    #expect(found.hasPrefix("that #"), "\(found)")
  }

  @Test("exponents that no number keeps are no JSON, and left to the parser by the fast path")
  func exponents() throws {
    for row in ["1e99999999999999999999", "-1e-88888888888888888888"] {
      for schema in [["type": "number"], [:]] as [JSONValue] {
        #expect(try verdicts(schema, row) == [.undecided], "\(row)")
      }
    }
    #expect(try verdicts(["type": "number"], "1e99") == [.valid])
  }

  @Test("comparing schemas that double comes to an end", arguments: doublings.indices)
  func comparison(index: Int) throws {
    let schema = HostileSchemaTests.doublings[index].1
    #expect(try SchemaDiff.between(schema, and: schema).isEqual)
    // With a name of its own, so that its references stay inside it.
    var inner = schema.object ?? [:]
    inner["$id"] = "https://example.org/inner"
    for other in [
      ["allOf": [.object(inner), ["maxItems": 2]]], ["not": .object(inner)], ["type": "null"],
    ] as [JSONValue] {
      _ = try SchemaDiff.between(schema, and: other)
      _ = try SchemaDiff.between(other, and: schema)
    }
  }

  @Test("so does comparing schemas of many members and slow patterns")
  func largeComparison() throws {
    func schema(_ length: Int) -> JSONValue {
      let members = (0..<400).map {
        ("p\($0)", ["type": "string", "maxLength": .integer(length)] as JSONValue)
      }
      return ["type": "object", "properties": .object(Dictionary(members) { $1 })]
    }
    let diff = try SchemaDiff.between(schema(5), and: schema(4))
    #expect(diff.verdict == .breaking && diff.changes.count == 400)
    #expect(try SchemaDiff.between(schema(4), and: schema(5)).verdict == .compatible)
    let slow: JSONValue = ["pattern": "^(a+)+$", "maxLength": 3_000, "minLength": 2_990]
    _ = try SchemaDiff.between(slow, and: ["pattern": "^(a|aa)+$", "minLength": 2_991])
  }
}
