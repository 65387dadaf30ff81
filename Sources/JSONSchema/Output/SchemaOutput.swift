public import JSON

/// How much the output says.
///
/// - SeeAlso: JSON Schema Core 2020-12, section 12.4.
public enum SchemaOutputFormat: String, Sendable, CaseIterable {
  /// Only `valid`.
  case flag
  /// A flat list of errors or annotations.
  case basic
  /// A tree of schemas, without those that have nothing to say.
  case detailed
  /// A tree of every schema that was applied, whether it matched or not.
  case verbose
}

extension CompiledSchema {
  /// The result in one of the specification's output formats, as a JSON object with `valid`,
  /// `keywordLocation`, `absoluteKeywordLocation`, `instanceLocation` and `error`, `errors`,
  /// `annotation` or `annotations`.
  ///
  /// Locations are JSON Pointers; the absolute one is a URI, and left out where the schema has none.
  public func output(_ value: JSONValue, format: SchemaOutputFormat = .basic) -> JSONValue {
    guard format != .flag else { return ["valid": .bool(isValid(value))] }
    var evaluator = Evaluator(program: program, mode: .trace)
    evaluator.run(value)
    guard var root = evaluator.units.first else { return ["valid": .bool(isValid(value))] }
    if let limit = evaluator.violations.first {
      root.isValid = false
      root.error = limit.description
      root.children = []
    }
    let writer = OutputWriter(program: program)
    switch format {
    case .flag, .basic: return writer.basic(root)
    case .detailed: return writer.tree(OutputWriter.condensed(root) ?? OutputWriter.bare(root))
    case .verbose: return writer.tree(root)
    }
  }
}
