import JSON
import Testing

@testable import JSONSchema

@Suite struct ViolationCounterTests {
  /// What a row came to: `3 × /properties/a/type at /a` for each kind, the most frequent first.
  private func counts(_ schema: JSONValue, _ rows: String...) throws
    -> [String]
  {
    let compiled = try JSONSchema.compile(schema, assertFormats: true)
    let counter = ViolationCounter(compiled)
    let text = Array(rows.joined(separator: "\n").utf8)
    let batch = try #require(RowBatch(compiled, capacity: max(text.count, 64)))
    batch.text.copyBytes(from: text)
    _ = batch.check(text.count, counter: counter) { _, place, verdict in
      guard verdict == .undecided,
        let value = try? JSONValue(parsing: Array(batch.text[place]))
      else { return #expect(verdict == .invalid) }
      let found = compiled.violations(of: value)
      counter.add(found.violations, isCut: found.isCut)
    }
    return counter.take().sorted { $0.violations > $1.violations }.map {
      "\($0.violations) in \($0.rows) × \($0.label?.schemaPointer ?? "?") at \($0.label?.pointer ?? "?")"
    }
  }

  /// A schema that means the same and that only the evaluator understands.
  private func unflattened(_ schema: JSONValue) throws -> JSONValue {
    var members = try #require(schema.object)
    members["unevaluatedProperties"] = true
    return .object(members)
  }

  private static let schema: JSONValue = [
    "properties": [
      "items": [
        "type": "array", "minItems": 1,
        "items": [
          "required": ["price", "name"],
          "properties": ["price": ["type": "number", "minimum": 0], "name": ["maxLength": 3]],
        ],
      ],
      "scores": ["additionalProperties": ["type": "integer"]],
      "kind": ["type": "string", "enum": ["a", "b"]],
    ],
    "patternProperties": ["^x_": ["type": "boolean"]],
    "propertyNames": ["maxLength": 10],
    "additionalProperties": false,
  ]

  @Test("every violation of a row counts, by keyword and place, with * for what is data")
  func everyViolation() throws {
    let rows = [
      #"{"items":[{"price":-1},{"price":-2,"name":"long"},{}],"kind":5}"#,
      #"{"scores":{"kim":"x","lee":"y","park":1},"x_a":1,"x_b":2,"extra":1,"overlong_name":2}"#,
    ]
    let expected = [
      "3 in 1 × /properties/items/items/required at /items/*",
      "2 in 1 × /properties/items/items/properties/price/minimum at /items/*/price",
      "2 in 1 × /properties/scores/additionalProperties/type at /scores/*",
      "2 in 1 × /patternProperties/^x_/type at /*",
      "1 in 1 × /properties/items/items/properties/name/maxLength at /items/*/name",
      "1 in 1 × /properties/kind/type at /kind", "1 in 1 × /properties/kind/enum at /kind",
      "1 in 1 × /additionalProperties at /extra",
      "1 in 1 × /propertyNames/maxLength at /*",
      "1 in 1 × /additionalProperties at /overlong_name",
    ]
    let walked = try counts(Self.schema, rows[0], rows[1])
    #expect(Set(walked) == Set(expected), "\(walked)")
    let evaluated = try counts(try unflattened(Self.schema), rows[0], rows[1])
    #expect(Set(evaluated) == Set(expected), "\(evaluated)")
  }

  @Test(
    "keywords that fail together, or for several reasons, count alike on both ways",
    arguments: [
      (#"{"minimum":5,"exclusiveMinimum":6}"#, "1", 2),
      (#"{"minimum":5,"exclusiveMinimum":6}"#, "5.5", 1),
      (
        ##"{"allOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/a"}],"$defs":{"a":{"type":"null"}}}"##,
        "1", 1
      ),
      (#"{"type":"string","minimum":3,"not":{"const":1},"enum":[2]}"#, "1", 4),
      (#"{"anyOf":[{"type":"null"},{"required":["a","b"]}]}"#, "{}", 1),
      (#"{"oneOf":[true,{"type":"integer"}]}"#, "1", 1),
      (#"{"contains":{"type":"null"},"minContains":2,"maxContains":3}"#, "[1]", 1),
      (#"{"if":{"required":["a"]},"then":{"required":["b","c"]}}"#, #"{"a":1}"#, 2),
      (#"{"dependentRequired":{"a":["b","c"],"d":["b"]}}"#, #"{"a":1,"d":1}"#, 3),
      (#"{"items":{"type":"integer"},"uniqueItems":true,"maxItems":2}"#, #"["a","a","b"]"#, 5),
      (#"{"propertyNames":false}"#, #"{"a":1,"b":2}"#, 2),
    ])
  func together(schema: String, row: String, count: Int) throws {
    let schema = try JSONValue(parsing: schema)
    let walked = try counts(schema, row)
    let evaluated = try counts(try unflattened(schema), row)
    #expect(Set(walked) == Set(evaluated))
    let total = walked.reduce(0) { $0 + (Int($1.prefix { $0 != " " }) ?? 0) }
    #expect(total == count, "\(walked)")
  }

  @Test(
    "of a row with very many violations the first are counted, and it is said that there are more")
  func limit() throws {
    let row = "[\(Array(repeating: "1", count: 50_000).joined(separator: ","))]"
    for schema in [
      ["items": ["type": "null"]], ["items": ["type": "null"], "unevaluatedItems": true],
    ]
      as [JSONValue]
    {
      let compiled = try JSONSchema.compile(schema)
      let found = compiled.violations(of: try JSONValue(parsing: row))
      #expect(found.violations.count == ViolationCounter.rowLimit && found.isCut)
      #expect(try counts(schema, row) == ["10000 in 1 × /items/type at /*"])
    }
    let exact = try JSONSchema.compile(["items": ["type": "null"]])
    let some = exact.violations(of: .array(Array(repeating: 1, count: 10_000)))
    #expect(some.violations.count == 10_000 && !some.isCut)
  }

  @Test("a row that is no JSON behind its violations leaves nothing behind")
  func dropped() throws {
    let compiled = try JSONSchema.compile(["items": ["type": "null"]])
    let counter = ViolationCounter(compiled)
    let batch = try #require(RowBatch(compiled, capacity: 64))
    let text = Array("[1,2,3,]\n[null]\n[4]\n".utf8)
    batch.text.copyBytes(from: text)
    var verdicts: [RowVerdict] = []
    _ = batch.check(text.count, counter: counter) { _, _, verdict in verdicts.append(verdict) }
    #expect(verdicts == [.malformed, .invalid])
    #expect(counter.violations == 1)
    let counts = counter.take()
    #expect(counts.map(\.violations) == [1] && counts.map(\.rows) == [1])
    #expect(counts.first?.label != nil)
  }

  @Test("a kind is labelled once, and no longer where labels are of no use")
  func labels() throws {
    let compiled = try JSONSchema.compile(["type": "null"])
    let counter = ViolationCounter(compiled)
    let found = compiled.violations(of: 1)
    counter.add(found.violations, isCut: false)
    #expect(counter.take().map { $0.label?.keyword } == ["type"])
    counter.add(found.violations, isCut: false)
    #expect(counter.take().map { $0.label == nil } == [true])
    counter.wantsLabels = false
    counter.addDefect("syntax")
    #expect(counter.take().map { $0.label == nil } == [true])
  }
}
