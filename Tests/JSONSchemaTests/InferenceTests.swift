import JSON
import JSONSchema
import Testing

@Suite struct InferenceTests {
  /// Rows of many shapes, made without chance.
  private static let rows: [JSONValue] = (0..<60).map { index in
    var row: [String: JSONValue] = [
      "id": .integer(index),
      "score": index % 7 == 0 ? .integer(index) : .double(Double(index) / 4),
      "label": .string(["add", "sub", "mul"][index % 3]),
      "at": .string("2026-03-\(index % 20 + 10)T08:00:00Z"),
      "mail": .string("u\(index)@example.org"),
      "note": index % 5 == 0 ? .null : .string("text \(index)"),
      "tags": .array((0..<(index % 4)).map { .string("t\(index)-\($0)") }),
      "nested": ["deep": ["flag": .bool(index % 2 == 0)]],
    ]
    if index % 2 == 0 { row["extra"] = .string("https://example.org/\(index)") }
    return .object(row)
  }

  @Test("types, required names, enums, formats and nesting are found")
  func proposal() throws {
    let schema = SchemaInference.schema(of: InferenceTests.rows)
    let expected: JSONValue = [
      "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
      "required": ["at", "id", "label", "mail", "nested", "note", "score", "tags"],
      "properties": [
        "id": ["type": "integer"], "score": ["type": "number"],
        "label": ["type": "string", "enum": ["add", "mul", "sub"]],
        "at": ["type": "string", "format": "date-time"],
        "mail": ["type": "string", "format": "email"],
        "note": ["type": ["string", "null"]],
        "tags": ["type": "array", "items": ["type": "string"]],
        "extra": ["type": "string", "format": "uri"],
        "nested": [
          "type": "object", "required": ["deep"],
          "properties": [
            "deep": [
              "type": "object", "required": ["flag"], "properties": ["flag": ["type": "boolean"]],
            ]
          ],
        ],
      ],
    ]
    #expect(schema == expected)
  }

  @Test(
    "every example is valid under the proposal, which does not depend on their order",
    arguments: [
      SchemaInference.Options(), SchemaInference.Options(addsLimits: true, closesObjects: true),
      SchemaInference.Options(propertyLimit: 4),
      SchemaInference.Options(enumValues: 100, enumRows: 1),
    ])
  func laws(options: SchemaInference.Options) throws {
    let mixed: [JSONValue] = [1, "a", nil, true, [1, "x", [nil]], ["a": [1.5]], ["a": "b"], []]
    for rows in [InferenceTests.rows, mixed, mixed + InferenceTests.rows, []] {
      let schema = SchemaInference.schema(of: rows, options: options)
      #expect(schema == SchemaInference.schema(of: rows.reversed(), options: options))
      let compiled = try JSONSchema.compile(schema, assertFormats: true)
      for row in rows { #expect(compiled.validate(row) == []) }
      #expect(SchemaLinter.check(schema).map(\.description) == [])
    }
  }

  @Test("null joins the values of an enum, and few rows make none")
  func enums() {
    let labels = ["yes", "no"].flatMap { Array(repeating: JSONValue.string($0), count: 20) }
    let schema = SchemaInference.schema(of: labels + [.null])
    #expect(schema["enum"] == ["no", "yes", nil])
    #expect(SchemaInference.schema(of: ["yes", "no"])["enum"] == nil)
  }

  @Test("an object with very many names is a map")
  func maps() {
    let row = JSONValue.object(
      Dictionary(uniqueKeysWithValues: (0..<600).map { ("k\($0)", .integer($0)) }))
    let schema = SchemaInference.schema(of: [row])
    #expect(schema["additionalProperties"] == ["type": "integer"])
    #expect(schema["properties"] == nil)
  }

  @Test("a column with texts that are no numbers is text, and keeps each as it is written")
  func columns() throws {
    var inference = SchemaInference(options: SchemaInference.Options(addsLimits: true))
    let records = [
      ["code": "007", "n": "7", "flag": "true", "mixed": "true", "gap": ""],
      ["code": "010", "n": "10", "flag": "false", "mixed": "n/a", "gap": "05"],
      ["code": "1234", "n": "-1.5", "flag": "true", "mixed": "2", "gap": "12"],
    ]
    for record in records {
      inference.add(record: record) { text in
        text.isEmpty
          ? .null : ((try? JSONValue(parsing: text)) ?? .string(text))
      }
    }
    #expect(
      inference.schema["properties"] == [
        "code": ["type": "string", "minLength": 3, "maxLength": 4],
        "n": ["type": "number", "minimum": -1.5, "maximum": 10], "flag": ["type": "boolean"],
        "mixed": ["type": "string", "minLength": 1, "maxLength": 4],
        "gap": ["type": ["string", "null"], "minLength": 2, "maxLength": 2],
      ])
  }
}
