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

  /// The place of a keyword of which `RowBatch` found that it is violated.
  func keywordPlace(of assertion: Int) -> KeywordPlace {
    guard let fast, fast.assertions.indices.contains(assertion) else {
      return KeywordPlace(document: nil, pointer: .root, keyword: "")
    }
    let found = fast.assertions[assertion]
    let place = program.nodes[found.node].place
    return KeywordPlace(
      document: place.document == 0 ? nil : program.documents[place.document],
      pointer: JSONPointer(place.tokens(below: nil) + (found.steps ?? [found.keyword])),
      keyword: found.keyword)
  }

  /// Every violation, in the order of the schema's keywords; none means that the value is valid.
  ///
  /// A keyword that is applied to the same value twice is violated once.
  public func validate(_ value: JSONValue) -> [SchemaViolation] {
    violations(of: value, atMost: .max).violations
  }

  /// As `validate`, for values that may have very many violations.
  ///
  /// - Parameter limit: How many are looked for, at least one.
  /// - Returns: The violations, and whether there are more.
  public func violations(of value: JSONValue, atMost limit: Int = ViolationCounter.rowLimit)
    -> (violations: [SchemaViolation], isCut: Bool)
  {
    var verdict = Evaluator(program: program, mode: .verdict)
    // What cannot be decided need not be described, which takes longer.
    guard !verdict.run(value), !verdict.gaveUp else { return (verdict.violations, false) }
    var evaluator = Evaluator(program: program, mode: .violations, limit: limit)
    evaluator.run(value)
    return (SchemaViolation.distinct(evaluator.violations), evaluator.isCut)
  }

  /// Whether a value is valid; stops at the first violation.
  public func isValid(_ value: JSONValue) -> Bool {
    var evaluator = Evaluator(program: program, mode: .verdict)
    return evaluator.run(value)
  }
}
