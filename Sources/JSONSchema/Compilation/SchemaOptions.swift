/// How a schema is read and what it asserts.
public struct SchemaOptions: Sendable {
  /// The draft of a schema without `$schema`.
  public var draft: SchemaDraft
  /// Whether `format` is checked for the formats that are known; else it is an annotation.
  public var assertsFormats: Bool
  /// Whether `contentEncoding` and `contentMediaType` are checked; else they are annotations.
  public var assertsContent: Bool
  /// Whether unknown keywords are errors; for `SchemaLinter` every warning is one then.
  public var isStrict: Bool
  /// Where documents come from that the schema refers to. Without it only the schema itself, the
  /// documents passed with it and the metaschemas can be referred to.
  public var resolver: SchemaResolver?
  /// Asked for documents that are found nowhere else, the metaschemas included: a network.
  public var lastResort: SchemaResolver?

  public init(
    draft: SchemaDraft = .draft202012, assertsFormats: Bool = false, assertsContent: Bool = false,
    isStrict: Bool = false, resolver: SchemaResolver? = nil,
    lastResort: SchemaResolver? = nil
  ) {
    self.draft = draft
    self.assertsFormats = assertsFormats
    self.assertsContent = assertsContent
    self.isStrict = isStrict
    self.resolver = resolver
    self.lastResort = lastResort
  }
}
