/// Replaces personally identifiable information by typed placeholders.
public struct PIIScrubber: Sendable {
  private let scanner: PIIScanner
  private let placeholders: [PIIKind: String]

  /// - Parameter placeholders: Such as `[.phone: "[전화번호]"]`; others keep their own.
  public init(
    kinds: Set<PIIKind> = Set(PIIKind.allCases), placeholders: [PIIKind: String] = [:]
  ) {
    scanner = PIIScanner(kinds: kinds)
    self.placeholders = placeholders
  }

  /// The text without what was found, and what that was; nil where nothing was.
  public func scrub(_ text: String) -> (text: String, matches: [PIIMatch])? {
    let matches = scanner.matches(in: text)
    guard !matches.isEmpty else { return nil }
    var result = String.UnicodeScalarView()
    var position = 0
    var next = matches[...]
    for scalar in text.unicodeScalars {
      if let match = next.first, position >= match.range.lowerBound {
        if position == match.range.lowerBound {
          result.append(
            contentsOf: (placeholders[match.kind] ?? match.kind.placeholder).unicodeScalars)
        }
        if position + 1 == match.range.upperBound { next.removeFirst() }
      } else {
        result.append(scalar)
      }
      position += 1
    }
    return (String(result), matches)
  }
}
