public import JSON

/// Why a schema cannot be used, and where in it.
public struct SchemaError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Everything that is wrong with it, in the order of places; at least one.
  public let problems: [SchemaProblem]

  /// - Parameters:
  ///   - first: What the other properties tell of.
  ///   - others: What else is wrong.
  init(_ first: SchemaProblem, others: [SchemaProblem] = []) {
    pointer = first.pointer
    document = first.document
    reason = first.reason
    problems = [first] + others
  }

  /// The offending place in the schema.
  public let pointer: JSONPointer
  /// The document, where it is not the schema itself but one that it refers to.
  public let document: String?
  /// What was expected and found, as a phrase without a full stop.
  public let reason: String
  /// The URI of a document that is referred to and found nowhere.
  public var missing: String? { problems.first?.missing }

  public var description: String {
    let place = pointer == .root ? "the root of the schema" : "\(pointer)"
    return "at \(place)\(document.map { " of \($0)" } ?? ""): \(reason)"
  }
}
