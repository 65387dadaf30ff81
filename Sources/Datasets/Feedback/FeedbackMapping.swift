public import JSON
import MLOpsCore

/// Which member of a record of feedback is taken from where in a row.
public struct FeedbackMapping: Sendable, Equatable {
  /// In the order in which they are carried out.
  public let parts: [Part]

  public struct Part: Sendable, Equatable {
    /// Into the record, such as `/input/problem`.
    public let target: JSONPointer
    /// Into the row.
    public let source: JSONPointer
  }

  private static let members = [
    "input", "output", "rating", "corrected", "chosen", "rejected", "comment", "tags", "rater",
    "subject", "receipt", "release", "consent", "at", "id",
  ]

  /// - Parameter pairs: such as `("input/problem", "/problem")`.
  /// - Throws: `datasets.malformed_setting`.
  public init(_ pairs: [(target: String, source: String)]) throws(DatasetsError) {
    var parts: [Part] = []
    for (target, source) in pairs {
      let place = "map \(target)"
      guard let from = JSONPointer(source), from != .root else {
        throw .malformedSetting(
          place: place, expected: "a JSON pointer into the row, such as /question",
          found: "'\(source)'", suggestion: source.hasPrefix("/") ? nil : "/\(source)")
      }
      let to = JSONPointer(target.hasPrefix("/") ? target : "/\(target)") ?? .root
      guard let member = to.tokens.first, FeedbackMapping.members.contains(member) else {
        throw .malformedSetting(
          place: place,
          expected: "a member of feedback: \(FeedbackMapping.members.joined(separator: ", "))",
          found: "'\(target)'",
          suggestion: to.tokens.first.flatMap {
            Spelling.nearest(to: $0, in: FeedbackMapping.members)
          })
      }
      parts.append(Part(target: to, source: from))
    }
    self.parts = parts
  }

  func native(_ row: JSONValue) -> JSONValue {
    var record: JSONValue = [:]
    for part in parts {
      guard let value = row[part.source], value != .null else { continue }
      let isRating = part.target.tokens == ["rating"]
      record.set(isRating ? FeedbackRating.of(value) : value, at: part.target.tokens[...])
    }
    return record
  }
}
