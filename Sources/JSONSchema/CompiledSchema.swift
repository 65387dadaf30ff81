public import JSON

/// JSON Schema, draft 2020-12.
///
/// Understood are all validation and applicator keywords, local `$ref`, `$dynamicRef`, `$id` and
/// anchors; unknown keywords are annotations, as the draft says.
///
/// - SeeAlso: https://json-schema.org/draft/2020-12
public enum JSONSchema {
  /// Compiles a schema, which is then good for any number of values and threads.
  ///
  /// - Parameters:
  ///   - schema: An object or a boolean.
  ///   - uri: The schema's own URI, which relative references are resolved against.
  ///   - resources: Further schemas that it may refer to, by URI. Nothing is ever fetched.
  ///   - assertFormats: Whether `format` is checked (`date`, `time`, `date-time`, `email`, `uuid`,
  ///     `ipv4`, `regex`); else it is an annotation, as the draft's default is.
  /// - Throws: `SchemaError`, which says where the schema is malformed.
  public static func compile(
    _ schema: JSONValue, uri: String = "", resources: [String: JSONValue] = [:],
    assertFormats: Bool = false
  ) throws(SchemaError) -> CompiledSchema {
    CompiledSchema(
      program: try SchemaCompiler.program(
        schema, uri: uri, resources: resources, assertsFormats: assertFormats))
  }
}

/// A schema, ready to check values with.
public struct CompiledSchema: Sendable {
  let program: SchemaProgram

  /// Every violation, in the order of the schema's keywords; none means that the value is valid.
  public func validate(_ value: JSONValue) -> [SchemaViolation] {
    var evaluator = Evaluator(program: program, isCollecting: true)
    evaluator.run(value)
    return evaluator.violations
  }

  /// Whether a value is valid; stops at the first violation.
  public func isValid(_ value: JSONValue) -> Bool {
    var evaluator = Evaluator(program: program, isCollecting: false)
    return evaluator.run(value)
  }
}
