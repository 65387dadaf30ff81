public import JSON

/// Writes a JSON Schema as a grammar in GBNF, for models whose answers shall fulfil it.
///
/// Every text of the grammar is a JSON value that the schema accepts; not every value that it accepts
/// is a text of the grammar: objects have the declared members in their order and no others, and where
/// a type is not said the keywords say it (`properties` means an object). One thing a grammar cannot
/// prevent: where members have no declared names, a model may write a name twice.
///
/// Understood are `type`, `enum`, `const`, `properties`, `required`, `additionalProperties`, `items`,
/// `minItems`, `maxItems`, `minLength`, `maxLength`, the bounds of integers, `anyOf`, `oneOf` whose
/// branches exclude each other, `allOf` of one schema, and `$ref` within the document, also recursive.
/// Annotations are passed over. Every other keyword is an error that names it.
public struct JSONSchemaGrammar: Sendable, Hashable {
  /// The grammar; its first rule is `root`.
  public let text: String

  /// - Parameters:
  ///   - schema: a schema in JSON; members are written in the order of its text.
  ///   - isCompact: whether nothing but what JSON demands stands between values; else a model may
  ///     write a space or a line break with an indentation.
  /// - Throws: `JSONSyntaxError`, `JSONSchemaGrammarError`.
  public init(parsing schema: String, isCompact: Bool = false) throws {
    let value = try JSONValue(parsing: schema)
    let locator = JSONLocator(Array(schema.utf8))
    try self.init(value, isCompact: isCompact) { names, pointer in
      let places = locator.ranges(of: names.map { pointer.appending($0) })
      return names.sorted {
        let left = places[pointer.appending($0)]?.bytes.lowerBound ?? 0
        let right = places[pointer.appending($1)]?.bytes.lowerBound ?? 0
        return (left, $0) < (right, $1)
      }
    }
  }

  /// As above, of a schema whose members have lost their order: they are written by name.
  ///
  /// - Throws: `JSONSchemaGrammarError`.
  public init(_ schema: JSONValue, isCompact: Bool = false) throws {
    try self.init(schema, isCompact: isCompact) { names, _ in names.sorted() }
  }

  private init(
    _ schema: JSONValue, isCompact: Bool,
    order: @escaping ([String], JSONPointer) -> [String]
  ) throws {
    let writer = SchemaGrammarWriter(schema, order: order)
    let root = try writer.rule(for: .root)
    text = "root ::= \(root)\n" + writer.text(isCompact: isCompact)
  }
}
