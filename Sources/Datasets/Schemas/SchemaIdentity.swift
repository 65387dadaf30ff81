public import JSON
public import JSONSchema

/// What a schema says of itself.
public struct SchemaIdentity: Sendable, Equatable {
  /// Its absolute URI, `$id` (`id` in draft 4) without an empty fragment; nil where it has none.
  public let id: String?
  /// The draft that `$schema` names; nil where it names none that is known.
  public let draft: SchemaDraft?
  public let title: String?

  public init(_ schema: JSONValue) {
    draft = schema["$schema"]?.string.flatMap(SchemaDraft.init(uri:))
    title = schema["title"]?.string
    let written = schema[draft == .draft4 ? "id" : "$id"]?.string
    let uri = written.map { $0.hasSuffix("#") ? String($0.dropLast()) : $0 } ?? ""
    // Whoever looks for a document has an absolute URI.
    id = uri.contains(":") && !uri.contains("#") ? uri : nil
  }
}
