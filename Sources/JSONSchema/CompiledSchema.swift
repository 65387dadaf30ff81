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
  /// Nil where the schema uses what only `Evaluator` understands.
  let fast: FastProgram?

  init(program: SchemaProgram) {
    self.program = program
    fast = FastCompiler.program(program)
  }

  /// Whether rows are checked at the speed of parsing; else each is looked at by the evaluator.
  public var isFlat: Bool { fast != nil }

  /// The keyword of an assertion that `RowBatch` found violated.
  public func keyword(of assertion: Int) -> String {
    guard let fast, fast.assertions.indices.contains(assertion) else { return "" }
    return fast.assertions[assertion].keyword
  }

  /// The keyword's place in the schema, of an assertion that `RowBatch` found violated.
  public func place(of assertion: Int) -> JSONPointer {
    guard let fast, fast.assertions.indices.contains(assertion) else { return .root }
    let found = fast.assertions[assertion]
    let node = program.nodes[found.node].pointer
    return found.keyword == "false" ? node : node.appending(found.keyword)
  }

  /// Every violation, in the order of the schema's keywords; none means that the value is valid.
  public func validate(_ value: JSONValue) -> [SchemaViolation] {
    var verdict = Evaluator(program: program, mode: .verdict)
    // What cannot be decided need not be described, which takes longer.
    guard !verdict.run(value), !verdict.gaveUp else { return verdict.violations }
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
