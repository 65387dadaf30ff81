public import JSON

/// One thing that is wrong, or looks wrong, with a schema.
public struct SchemaProblem: Error, Sendable, Hashable, CustomStringConvertible {
  /// How bad it is.
  public enum Severity: String, Sendable, Hashable {
    /// The schema cannot be used.
    case error
    /// The schema can be used, but hardly means what it says.
    case warning
  }

  public private(set) var severity: Severity
  /// The offending place in its document.
  public let pointer: JSONPointer
  /// The document, where it is not the schema itself but one that it refers to.
  public let document: String?
  /// The keyword, or nothing where the schema as a whole is meant.
  public let keyword: String
  /// What should be there, as a phrase: `a whole number of at least 0`.
  public let expected: String
  /// What is there, shortened.
  public let found: String
  /// The URI of a document that is referred to and found nowhere.
  public var missing: String?
  /// Said instead of `… must be …, found …` where that would not say it well.
  var statement: String?

  /// What is wrong, as a sentence without a full stop.
  public var reason: String {
    statement ?? "\(keyword.isEmpty ? "a schema" : keyword) must be \(expected), found \(found)"
  }

  public var description: String {
    let place = pointer == .root ? "the root of the schema" : "\(pointer)"
    return "\(severity.rawValue) at \(place)\(document.map { " of \($0)" } ?? ""): \(reason)"
  }
}

extension SchemaProblem {
  /// The same, taken seriously.
  var asError: SchemaProblem {
    var problem = self
    problem.severity = .error
    return problem
  }

  /// By document and then by place, so that the order does not depend on how schemas are read.
  static func precedes(_ left: SchemaProblem, _ right: SchemaProblem) -> Bool {
    if left.document != right.document { return left.document ?? "" < right.document ?? "" }
    for (a, b) in zip(left.pointer.tokens, right.pointer.tokens) where a != b {
      if let a = Int(a), let b = Int(b) { return a < b }
      return a < b
    }
    if left.pointer.tokens.count != right.pointer.tokens.count {
      return left.pointer.tokens.count < right.pointer.tokens.count
    }
    return (left.severity.rawValue, left.keyword, left.expected)
      < (right.severity.rawValue, right.keyword, right.expected)
  }
}
