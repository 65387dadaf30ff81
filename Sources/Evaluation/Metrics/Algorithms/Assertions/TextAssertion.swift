/// Something that must be true of an output's text.
///
/// As a statistic it is the share of cases in which it is.
public struct TextAssertion: MeanOverCases, Hashable {
  /// What must be true. Texts are compared by their scalars after what the options make of both.
  public enum Condition: Sendable, Hashable {
    case equals(String)
    case contains(String)
    case notContains(String)
    case startsWith(String)
    case endsWith(String)
    /// At least one of these is contained; false for no texts.
    case containsAny([String])
    /// Each of these is contained; true for no texts.
    case containsAll([String])
    /// The pattern is found anywhere.
    case matches(BoundedPattern)
    /// The pattern is found nowhere.
    case notMatches(BoundedPattern)
  }

  /// What must be true.
  public let condition: Condition
  /// Whether upper and lower case count as equal (`LetterCase.folded`). A pattern ignores case
  /// where it was made to.
  public let foldsCase: Bool
  /// Whether both are put into NFC first, so that Hangul that is spelled by letters and by
  /// syllables is the same. Patterns see the output in NFC too.
  public let composes: Bool

  public init(_ condition: Condition, foldsCase: Bool = false, composes: Bool = true) {
    self.condition = condition
    self.foldsCase = foldsCase
    self.composes = composes
  }

  /// Whether it is true of an output, 0 or 1, and a one.
  public func numbers(output: String) -> [Double] {
    numbers(ofValue: failure(of: output) == nil ? 1 : 0)
  }

  /// Why an output is not so; nil where it is.
  ///
  /// A search for a pattern that gave up (`BoundedPattern`) fails either way: what is not known is
  /// not asserted.
  public func failure(of output: String) -> AssertionFailure? {
    let text = Array(compared(output).utf8)
    switch condition {
    case .equals(let wanted):
      return text == bytes(wanted) ? nil : failed("the text", wanted, output)
    case .contains(let wanted):
      return has(text, wanted) ? nil : failed("a text that contains", wanted, output)
    case .notContains(let unwanted):
      return has(text, unwanted) ? failed("a text without", unwanted, output) : nil
    case .startsWith(let wanted):
      return text.starts(with: bytes(wanted))
        ? nil : failed("a text that starts with", wanted, output)
    case .endsWith(let wanted):
      return text.reversed().starts(with: bytes(wanted).reversed())
        ? nil : failed("a text that ends with", wanted, output)
    case .containsAny(let wanted):
      guard !wanted.contains(where: { has(text, $0) }) else { return nil }
      let all = wanted.map(AssertionFailure.quoted).joined(separator: ", ")
      return AssertionFailure(
        expected: "a text that contains one of \(all)", found: AssertionFailure.quoted(output))
    case .containsAll(let wanted):
      return wanted.first { !has(text, $0) }
        .flatMap { failed("a text that contains", $0, output) }
    case .matches(let pattern): return failure(of: output, matching: pattern, isWanted: true)
    case .notMatches(let pattern): return failure(of: output, matching: pattern, isWanted: false)
    }
  }

  private func failure(of output: String, matching pattern: BoundedPattern, isWanted: Bool)
    -> AssertionFailure?
  {
    let expected = "a text " + (isWanted ? "with" : "without") + " a match of \(pattern)"
    switch pattern.search(composes ? UnicodeForm.nfc.applied(to: output) : output) {
    case .found(let groups):
      guard !isWanted else { return nil }
      return AssertionFailure(
        expected: expected, found: "the match " + AssertionFailure.quoted(groups[0] ?? ""))
    case .absent:
      guard isWanted else { return nil }
      return AssertionFailure(expected: expected, found: AssertionFailure.quoted(output))
    case .tooCostly:
      return AssertionFailure(
        expected: expected, found: "no answer within the work that a pattern may take")
    }
  }

  private func failed(_ expected: String, _ text: String, _ output: String) -> AssertionFailure? {
    AssertionFailure(
      expected: "\(expected) \(AssertionFailure.quoted(text))",
      found: AssertionFailure.quoted(output))
  }

  private func has(_ text: [UInt8], _ wanted: String) -> Bool {
    ByteSearch(bytes(wanted)).isFound(in: text)
  }

  private func bytes(_ text: String) -> [UInt8] { Array(compared(text).utf8) }

  /// Folding may take a text out of its form, so it comes first.
  private func compared(_ text: String) -> String {
    let folded = foldsCase ? LetterCase.folded(text) : text
    return composes ? UnicodeForm.nfc.applied(to: folded) : folded
  }
}
