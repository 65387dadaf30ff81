import JSON
import JSONSchema
import Testing

@Suite struct NumberTests {
  // Checked with Python, as 37037036703703703670369 % 12345678901234567890123 and 10**69 % 2**70.
  @Test(
    "multiples are exact however long the numbers are",
    arguments: [
      ("12345678901234567890123", "37037036703703703670369", true),
      ("12345678901234567890123", "37037036703703703670370", false),
      ("0.1234567890123456789", "1.234567890123456789", true),
      ("0.1234567890123456789", "1.234567890123456788", false),
      ("1180591620717411303424", "1e70", true), ("1180591620717411303424", "1e69", false),
      ("7450580596923828125", "1e27", true), ("0.01", "1e400", true), ("3", "1e400", false),
      ("1e-400", "1", true),
    ])
  func multiples(step: String, number: String, isMultiple: Bool) throws {
    let schema = try JSONSchema.compile(["multipleOf": try JSONValue(parsing: step)])
    #expect(schema.isValid(try JSONValue(parsing: number)) == isMultiple)
  }

  @Test(
    "limits and types are exact beyond 64 bits",
    arguments: [
      (#"{"maximum":18446744073709551616}"#, "18446744073709551617", false),
      (#"{"maximum":18446744073709551616}"#, "18446744073709551616.0", true),
      (#"{"exclusiveMinimum":0.1}"#, "0.1000000000000000000000000000001", true),
      (#"{"const":9007199254740993}"#, "9007199254740992", false),
      (#"{"enum":[1e2]}"#, "100.0", true), (#"{"type":"integer"}"#, "1e400", true),
      (#"{"type":"integer"}"#, "1.5e0", false),
      (
        #"{"$schema":"http://json-schema.org/draft-04/schema#","type":"integer"}"#, "1.0", false
      ),
    ])
  func limits(schema: String, number: String, isValid: Bool) throws {
    let compiled = try JSONSchema.compile(try JSONValue(parsing: schema))
    #expect(compiled.isValid(try JSONValue(parsing: number)) == isValid)
  }
}
