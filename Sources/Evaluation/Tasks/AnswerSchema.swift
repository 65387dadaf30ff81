import JSON
import JSONSchema

/// A JSON Schema that answers must satisfy.
struct AnswerSchema: Sendable {
  let value: JSONValue
  let compiled: CompiledSchema

  /// The first way in which a value does not satisfy it, with its place in the value; nil for none.
  func violation(of value: JSONValue) -> String? {
    guard !compiled.isValid(value) else { return nil }
    return compiled.violations(of: value, atMost: 1).violations.first.map {
      "\($0.instance == .root ? "" : "\($0.instance): ")\($0.reason)"
    } ?? "it is too deep to be checked"
  }
}
