public import JSON

/// One way in which a value does not match a schema.
public struct SchemaViolation: Sendable, Hashable, CustomStringConvertible {
  /// Where in the value.
  public let instance: JSONPointer
  /// `instance` with `*` for every index, and for names that the schema does not list.
  public let generalInstance: JSONPointer
  /// The keyword's place in the schema (after following references).
  public let schema: JSONPointer
  /// The keyword that is violated, such as `required`.
  public let keyword: String
  /// What the keyword demands, as a phrase: `a string`, `at least 5 characters`.
  public let expected: String
  /// What is there instead, shortened.
  public let found: String
  /// The URI of the document that `schema` points into, where it is not the schema itself.
  public var document: String?
  /// For `anyOf` and `oneOf`: the branch that the value came nearest to.
  public var nearest: NearestBranch?
  /// For `required` and `dependentRequired`: the name of the member that is missing.
  public var missing: String?
  /// Why the keyword applies, where that depends on the value: `since /if matches`.
  public var condition: String?
  /// Said instead of `expected …, found …` where that would not say enough.
  var statement: String?

  /// A phrase without a full stop: `expected a string, found 5 (an integer)`.
  public var reason: String {
    let phrase = statement ?? "expected \(expected), found \(found)"
    return condition.map { "\($0), \(phrase)" } ?? phrase
  }

  public var description: String { instance == .root ? reason : "\(instance): \(reason)" }
}

extension SchemaViolation {
  /// What makes two violations the same.
  private struct Identity: Hashable {
    let place: KeywordPlace
    let instance: JSONPointer
    let missing: String?
  }

  /// The violations without those that say again what is said of the same value already.
  static func distinct(_ violations: [SchemaViolation]) -> [SchemaViolation] {
    guard violations.count > 1 else { return violations }
    var known: Set<Identity> = []
    return violations.filter {
      known.insert(
        Identity(place: $0.keywordPlace, instance: $0.instance, missing: $0.missing)
      ).inserted
    }
  }
}

/// The branch of an `anyOf` or `oneOf` that a value came nearest to, and why it does not match.
public struct NearestBranch: Sendable, Hashable {
  /// From 0.
  public let index: Int
  /// Where the branch is, references followed: `/$defs/number`, with the document before a `#`
  /// where that is not the schema itself.
  public let place: String
  /// At least one.
  public let violations: [SchemaViolation]
  /// The members whose constants told it from the other branches, such as `kind = "circle"`; nil
  /// where none did.
  public let tag: String?
}
