public import JSON

/// Why an output is not what was asserted of it.
public struct AssertionFailure: Sendable, Hashable {
  /// Where in a JSON output; the root for assertions on the whole text.
  public let place: JSONPointer
  /// What was expected there, a phrase; JSON values are canonical, long ones cut.
  public let expected: String
  /// What was found there, a phrase.
  public let found: String

  public init(place: JSONPointer = .root, expected: String, found: String) {
    self.place = place
    self.expected = expected
    self.found = found
  }

  /// One sentence without a full stop: `at /items/2: expected 3, found "3"`.
  public var reason: String {
    (place.tokens.isEmpty ? "" : "at \(place): ") + "expected \(expected), found \(found)"
  }

  /// A text in quotation marks, cut after some 120 scalars.
  static func quoted(_ text: String) -> String { shortened(JSONValue.string(text).canonical) }

  /// A JSON value, cut after some 120 scalars.
  static func shown(_ value: JSONValue) -> String { shortened(value.canonical) }

  private static func shortened(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: 120, limitedBy: scalars.endIndex),
      end < scalars.endIndex
    else { return text }
    return String(scalars[..<end]) + "…"
  }
}
