/// What is done to an answer before it is compared, step by step.
///
/// A value like the filters of lm-evaluation-harness; where a step differs from the filter of that
/// name its comment says so. Its `take_first` chooses among several samples of one question, which
/// here are several answers.
public struct AnswerNormalisation: Sendable, Hashable {
  /// One step.
  public enum Step: Sendable, Hashable {
    /// White space at both ends goes.
    case trim
    /// NFC or NFKC.
    case form(UnicodeForm)
    /// Lower case, as Python's `str.lower()`: the filter `lowercase`.
    case lowercase
    /// Upper and lower case become one, see `LetterCase.folded`: `Straße` and `STRASSE`.
    case foldCase
    /// Scalars of the general category P and ASCII's other symbols go.
    case stripPunctuation
    /// Runs of white space become one space, and none at the ends.
    case collapseWhiteSpace
    /// All white space goes. (The filter `remove_whitespace` drops one leading space.)
    case removeWhiteSpace
    /// Only what stands behind the last such text is kept, such as `####` of GSM8K or `</think>`.
    /// An answer without it is kept whole, or with `isRequired` has no answer.
    case after(String, isRequired: Bool)
    /// The first or last number, see `NumberInText`; without one there is no answer. GSM8K's
    /// `flexible-extract` is the last one.
    case number(BoundedPattern.Pick)
    /// A match of a pattern: its first group that took part and is not empty, or without groups the
    /// whole, trimmed; without a match there is no answer. The filter `regex`, of whose
    /// `group_select` 0 is `first` and −1 is `last`. Also without an answer where the search gave
    /// up.
    case pattern(BoundedPattern, BoundedPattern.Pick)
    /// The letter of one of the choices, whose words these are, see `ChoiceInText`: the filter
    /// `multi_choice_regex`. Without one there is no answer.
    case choice([String])
    /// What the table has for the whole answer; what is not in it becomes the other text, or no
    /// answer where that is nil: the filter `map`.
    case map([String: String], otherwise: String?)
  }

  /// The steps in order.
  public let steps: [Step]

  public init(_ steps: [Step] = []) { self.steps = steps }

  /// The answer after all steps; nil where a step found no answer, which counts as unreadable.
  public func applied(to answer: String) -> String? {
    steps.reduce(Optional(answer)) { answer, step in answer.flatMap(step.applied) }
  }
}

extension AnswerNormalisation.Step {
  fileprivate func applied(to text: String) -> String? {
    switch self {
    case .trim: Array(text.unicodeScalars).trimmed().text
    case .form(let form): form.applied(to: text)
    case .lowercase: LetterCase.lowered(text).text
    case .foldCase: LetterCase.folded(text)
    case .stripPunctuation: text.unicodeScalars.filter { !$0.isPunctuation }.text
    case .collapseWhiteSpace:
      text.unicodeScalars.words().map { String($0) }.joined(separator: " ")
    case .removeWhiteSpace: text.unicodeScalars.withoutSpace().text
    case .after(let marker, let isRequired):
      text.behindLast(marker) ?? (isRequired ? nil : text)
    case .number(let pick): NumberInText.canonical(pick, in: text)
    case .pattern(let pattern, let pick): matched(pattern, pick, in: text)
    case .choice(let choices): ChoiceInText(choices: choices).letter(in: text)
    case .map(let table, let otherwise):
      table.first { ExactText($0.key) == ExactText(text) }?.value ?? otherwise
    }
  }

  private func matched(_ pattern: BoundedPattern, _ pick: BoundedPattern.Pick, in text: String)
    -> String?
  {
    guard case .found(let groups) = pattern.search(text, for: pick) else { return nil }
    let captured =
      groups.count > 1 ? groups.dropFirst().compactMap { $0 }.first { !$0.isEmpty } : groups[0]
    return captured.map { Array($0.unicodeScalars).trimmed().text }
  }
}

extension Unicode.Scalar {
  /// Punctuation of any script, or one of ASCII's symbols.
  fileprivate var isPunctuation: Bool {
    if isASCII { return isASCIIPunctuation }
    return switch properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      true
    default: false
    }
  }
}

extension String {
  /// What stands behind the last place of a text; nil where it is nowhere.
  fileprivate func behindLast(_ marker: String) -> String? {
    let reversed = Array(utf8.reversed())
    guard let place = ByteSearch(marker.utf8.reversed()).first(in: reversed) else { return nil }
    return String(decoding: reversed[..<place].reversed(), as: UTF8.self)
  }
}
