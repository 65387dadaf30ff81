public import JSON

/// JSON Schema, drafts 4, 6, 7, 2019-09 and 2020-12.
///
/// `$schema` chooses the draft, or names a metaschema of one's own, whose `$vocabulary` is honoured.
/// Unknown keywords are annotations, as the drafts say. Nothing is ever fetched from a network.
///
/// - SeeAlso: https://json-schema.org/specification
public enum JSONSchema {
  /// Compiles a schema, which is then good for any number of values and threads.
  ///
  /// - Parameters:
  ///   - schema: An object or a boolean.
  ///   - uri: The schema's own URI, which relative references are resolved against.
  ///   - resources: Further schemas that it may refer to, by URI.
  ///   - assertFormats: Whether `format` is checked; else it is an annotation, as the draft's default
  ///     is.
  /// - Throws: `SchemaError`, which says where the schema is malformed.
  public static func compile(
    _ schema: JSONValue, uri: String = "", resources: [String: JSONValue] = [:],
    assertFormats: Bool = false
  ) throws(SchemaError) -> CompiledSchema {
    try compile(
      schema, uri: uri, resources: resources, options: SchemaOptions(assertsFormats: assertFormats))
  }

  /// Compiles a schema with every choice in the caller's hand.
  ///
  /// - Throws: `SchemaError` with everything that is wrong with the schema.
  public static func compile(
    _ schema: JSONValue, uri: String = "", resources: [String: JSONValue] = [:],
    options: SchemaOptions
  ) throws(SchemaError) -> CompiledSchema {
    CompiledSchema(
      program: try SchemaCompiler.program(
        schema, uri: uri, resources: resources, options: options))
  }
}

/// A schema, ready to check values with.
public struct CompiledSchema: Sendable {
  let program: SchemaProgram

  /// Every violation, in the order of the schema's keywords; none means that the value is valid.
  public func validate(_ value: JSONValue) -> [SchemaViolation] {
    guard !isValid(value) else { return [] }
    var evaluator = Evaluator(program: program, mode: .violations)
    evaluator.run(value)
    return evaluator.violations
  }

  /// Whether a value is valid; stops at the first violation.
  public func isValid(_ value: JSONValue) -> Bool {
    var evaluator = Evaluator(program: program, mode: .verdict)
    return evaluator.run(value)
  }
}
