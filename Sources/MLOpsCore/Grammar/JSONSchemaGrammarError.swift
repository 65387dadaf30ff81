public import JSON

/// Why a JSON Schema cannot be written as a grammar.
public enum JSONSchemaGrammarError: Failure, Equatable {
  /// A keyword that a grammar cannot express, or not as it stands here.
  case unsupported(keyword: String, pointer: JSONPointer, reason: String)
  /// A part of the schema that is no schema, or that no value fulfils.
  case invalid(pointer: JSONPointer, reason: String)

  public var code: String {
    switch self {
    case .unsupported: "core.schema_unsupported"
    case .invalid: "core.schema_invalid"
    }
  }

  public var kind: FailureKind { .invalidInput }

  public var message: String {
    switch self {
    case .unsupported(let keyword, let pointer, let reason):
      "The schema's keyword '\(keyword)' at '\(pointer)' cannot be written as a grammar: \(reason)."
    case .invalid(let pointer, let reason):
      "The schema at '\(pointer)' cannot be written as a grammar: \(reason)."
    }
  }

  public var advice: String? {
    "Generate with a schema that says less, and validate the answers with the whole one."
  }

  public var facts: [String: JSONValue] {
    switch self {
    case .unsupported(let keyword, let pointer, let reason):
      [
        "keyword": .string(keyword), "pointer": .string(pointer.description),
        "reason": .string(reason),
      ]
    case .invalid(let pointer, let reason):
      ["pointer": .string(pointer.description), "reason": .string(reason)]
    }
  }
}
