import JSON
import JSONSchema
import Testing

@Suite struct ContentTests {
  private func violations(_ schema: JSONValue, _ value: JSONValue, asserts: Bool = true) throws
    -> [String]
  {
    try JSONSchema.compile(schema, options: SchemaOptions(assertsContent: asserts)).validate(value)
      .map { "\($0.keyword) \($0.description)" }
  }

  @Test("text is decoded, parsed and checked against contentSchema on request")
  func content() throws {
    let schema: JSONValue = [
      "contentEncoding": "base64", "contentMediaType": "application/json",
      "contentSchema": ["required": ["foo"]],
    ]
    // {"foo": "bar"}, {:} and {}.
    #expect(try violations(schema, "eyJmb28iOiAiYmFyIn0=") == [])
    #expect(try violations(schema, "ezp9").first?.hasPrefix("contentMediaType expected") == true)
    #expect(
      try violations(schema, "e30=") == ["required expected a member \"foo\", found no members"])
    #expect(
      try violations(schema, "{}") == ["contentEncoding expected text in base64, found \"{}\""])
    #expect(try violations(schema, "{}", asserts: false) == [])
    #expect(try violations(schema, 5) == [])
  }

  @Test(
    "base64 is what RFC 4648 says",
    arguments: [
      ("", true), ("QQ==", true), ("QUI=", true), ("QUJD", true), ("QQ", false), ("QQ=", false),
      ("=QQ=", false), ("Q===", false), ("QU-_", false), ("QUJD\n", false),
    ])
  func base64(text: String, isValid: Bool) throws {
    #expect(try violations(["contentEncoding": "base64"], .string(text)).isEmpty == isValid)
  }

  @Test("media types that are JSON are told from others")
  func mediaTypes() throws {
    for type in ["application/json", "Application/JSON; charset=utf-8", "application/geo+json"] {
      #expect(try !violations(["contentMediaType": .string(type)], "{:}").isEmpty)
    }
    for type in ["text/plain", "application/jsonl"] {
      #expect(try violations(["contentMediaType": .string(type)], "{:}").isEmpty)
    }
  }

  @Test("a lookbehind that PCRE2 cannot run is a regular expression, but no pattern to check with")
  func lookbehind() throws {
    let regex = try JSONSchema.compile(["format": "regex"], assertFormats: true)
    #expect(regex.isValid("(?<=a+)b"))
    let error = #expect(throws: SchemaError.self) {
      try JSONSchema.compile(["pattern": "(?<=a+)b"])
    }
    #expect(error?.reason.contains("lookbehind assertion is not fixed length") == true)
  }
}
