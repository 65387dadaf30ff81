/// Finds personally identifiable information in texts, in time linear in their length.
///
/// The rules are made for Korean texts and lean towards leaving ordinary numbers alone: what is not
/// proved by its form, a check digit or a date needs a word such as 전화 or 계좌 near it.
public struct PIIScanner: Sendable {
  public let kinds: Set<PIIKind>

  public init(kinds: Set<PIIKind> = Set(PIIKind.allCases)) { self.kinds = kinds }

  /// The matches in order; none overlaps another.
  public func matches(in text: String) -> [PIIMatch] {
    guard PIIScanner.isWorthScanning(text) else { return [] }
    let folded = FoldedText(text)
    var matches = EmailDetector.matches(in: folded)
    matches += numbers(in: folded)
    matches += PassportDetector.matches(in: folded)
    matches += AddressDetector.matches(in: folded)
    matches = matches.filter { kinds.contains($0.kind) }
    matches.sort {
      ($0.range.lowerBound, $1.range.count) < ($1.range.lowerBound, $0.range.count)
    }
    var end = 0
    return matches.filter { match in
      guard match.range.lowerBound >= end else { return false }
      end = match.range.upperBound
      return true
    }
  }

  /// Every kind has a digit or an at sign.
  private static func isWorthScanning(_ text: String) -> Bool {
    text.utf8.contains { ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x40 || $0 == 0xEF }
  }

  private func numbers(in text: FoldedText) -> [PIIMatch] {
    let groups = DigitGroups(text).groups
    var matches: [PIIMatch] = []
    var index = 0
    while index < groups.count {
      let found = NumberDetectors.widths.lazy.compactMap { width -> (PIIMatch, Int)? in
        guard let window = window(groups, index, width, text),
          let kind = NumberDetectors.kind(of: window)
        else { return nil }
        return (PIIMatch(kind: kind, range: Self.whole(window)), width)
      }.first
      if let (match, width) = found {
        matches.append(match)
        index += width
      } else {
        index += 1
      }
    }
    return matches
  }

  /// `width` groups from `index` on, where each is joined to the next.
  private func window(_ groups: [DigitGroup], _ index: Int, _ width: Int, _ text: FoldedText)
    -> NumberWindow?
  {
    guard index + width <= groups.count else { return nil }
    let slice = groups[index..<index + width]
    guard slice.dropLast().allSatisfy({ $0.joint != 0 }) else { return nil }
    return NumberWindow(text: text, groups: slice)
  }

  /// The number with the sign or parenthesis that belongs to it.
  private static func whole(_ window: NumberWindow) -> Range<Int> {
    let start = window.range.lowerBound
    let sign = window.text[start - 1]
    let hasSign =
      sign == 0x2B && window.text.matches([0x38, 0x32], at: start)
      || sign == 0x28 && window.groups.first?.joint == 0x29
    return (hasSign ? start - 1 : start)..<window.range.upperBound
  }
}
