import Foundation
import JSON

/// What a paraphrase must not lose: numbers, codes of the curriculum, or what a pattern matches.
enum KeptPattern: Sendable, Equatable {
  /// Every number that counts or measures, by value.
  case numbers
  case codes
  /// A regular expression (ICU's syntax).
  case expression(String)

  init(_ setting: Setting) throws(DatasetsError) {
    switch try setting.text() {
    case "numbers": self = .numbers
    case "codes": self = .codes
    case let text:
      guard text.hasPrefix("/"), text.hasSuffix("/"), text.count > 2 else {
        throw setting.failure(expected: "numbers, codes or a regular expression between slashes")
      }
      let expression = String(text.dropFirst().dropLast())
      guard (try? NSRegularExpression(pattern: expression)) != nil else {
        throw setting.failure(expected: "a regular expression that can be read")
      }
      self = .expression(expression)
    }
  }

  var json: JSONValue {
    switch self {
    case .numbers: "numbers"
    case .codes: "codes"
    case .expression(let text): .string("/\(text)/")
    }
  }

  /// The first of what must be kept of a text that another has not; nil where it has all.
  func lost(from text: String, in other: String) -> String? {
    let found = matches(in: other)
    return matches(in: text).subtracting(found).min()
  }

  private func matches(in text: String) -> Set<String> {
    switch self {
    case .numbers:
      let scalars = Array(text.unicodeScalars)
      let numbers = Fractions.numbers(in: scalars)
        .union(NumberScanner.numbers(in: scalars).map(\.key))
      return Set(numbers.map { $0.text(isGrouped: false) })
    case .codes:
      let scalars = Array(text.unicodeScalars)
      var codes: Set<String> = []
      var place = 0
      while place < scalars.count {
        if NumberScanner.isDigit(scalars[place]),
          let end = CurriculumCode.end(in: scalars, from: place)
        {
          codes.insert(String(scalars: scalars[place..<end]))
          place = end
        } else {
          place += 1
        }
      }
      return codes
    case .expression(let pattern):
      guard let expression = try? NSRegularExpression(pattern: pattern) else { return [] }
      let whole = NSRange(text.startIndex..., in: text)
      return Set(
        expression.matches(in: text, range: whole).compactMap { match in
          Range(match.range, in: text).map { String(text[$0]) }
        })
    }
  }
}
