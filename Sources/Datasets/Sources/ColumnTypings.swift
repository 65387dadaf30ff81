public import JSON
public import JSONSchema

/// What the columns of tables and databases mean, where their own format does not say.
public struct ColumnTypings: Sendable, Equatable {
  /// For tables of texts.
  public var texts: TableOptions.Typing
  /// For sources whose values have types, by the name of the column.
  public var values: [String: ValueTyping]

  public init(texts: TableOptions.Typing = .declared([:]), values: [String: ValueTyping] = [:]) {
    self.texts = texts
    self.values = values
  }

  /// What a schema declares for its properties.
  ///
  /// - Parameter document: the schema's own text, whose properties may say `contentEncoding`.
  public init(declaredBy schema: CompiledSchema, _ document: JSONValue) {
    self.init(
      texts: .declared(TableTyping.declared(by: schema)),
      values: ValueTyping.declared(by: schema, document))
  }
}
