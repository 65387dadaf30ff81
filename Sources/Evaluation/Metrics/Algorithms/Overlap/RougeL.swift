/// ROUGE-L, 0 … 1: the F-measure of the longest common subsequence of an answer and a reference.
///
/// Lin, ACL 2004 workshop, equations 2 to 4 with β = 1, in the definition of the package
/// rouge-score 0.1.2 (`rougeL`, no stemmer): precision and recall are the length of the subsequence
/// over the count of units in the answer and in the reference; 0 where either has none. Of several
/// references the one with the best F counts, of equal ones the first.
public struct RougeL: MeanOverCases {
  /// What the texts are sequences of.
  public enum Units: String, Sendable, Hashable, CaseIterable {
    /// rouge-score's: runs of `a` … `z` and `0` … `9` in the lower-case text. All else separates,
    /// so **Korean vanishes** and a Korean answer always has 0.
    case rouge
    /// Maximal runs of letters, marks and numbers (general categories L, M, N) of the text in lower
    /// case and NFC: words of any script; Korean ones keep their particles and endings.
    case words
    /// Extended grapheme clusters (UAX #29) of the text in lower case and NFC, those of white space
    /// left out: of Korean one for each syllable, so that an ending costs no whole word.
    case characters
  }

  /// Precision, recall and their harmonic mean, each 0 … 1.
  public struct Score: Sendable, Hashable {
    public let precision: Double
    public let recall: Double
    public let f1: Double
  }

  /// What the texts are sequences of.
  public let units: Units

  public init(units: Units = .rouge) { self.units = units }

  /// Of longer texts only so many units at the beginning are compared. Their whole length counts
  /// all the same, so that F is then a lower bound.
  public static let comparedUnits = 65_536

  /// F and a one.
  public func numbers(answer: String, references: [String]) -> [Double] {
    numbers(ofValue: value(answer: answer, references: references))
  }

  /// F of one case; 0 without references.
  public func value(answer: String, references: [String]) -> Double {
    score(answer: answer, references: references).f1
  }

  /// The score against the best of the references.
  public func score(answer: String, references: [String]) -> Score {
    var best = Score(precision: 0, recall: 0, f1: 0)
    let answer = split(answer)
    for reference in references {
      let score = RougeL.score(answer, split(reference))
      if score.f1 > best.f1 { best = score }
    }
    return best
  }

  private static func score(_ answer: [Scalars], _ reference: [Scalars]) -> Score {
    guard !answer.isEmpty, !reference.isEmpty else { return Score(precision: 0, recall: 0, f1: 0) }
    var numbering = Numbering<Scalars>()
    let numbers = numbering.numbers(of: [
      answer.prefix(comparedUnits), reference.prefix(comparedUnits),
    ])
    let length = Double(
      LongestCommonSubsequence.length(numbers[0], numbers[1], kinds: numbering.count))
    let precision = length / Double(answer.count)
    let recall = length / Double(reference.count)
    let both = precision + recall
    return Score(
      precision: precision, recall: recall, f1: both > 0 ? 2 * precision * recall / both : 0)
  }

  private func split(_ text: String) -> [Scalars] {
    let lowered = LetterCase.lowered(text)
    switch units {
    case .rouge:
      return lowered.split { !($0.isASCII && $0.isLetterOrNumber) }.map(Array.init)
    case .words:
      let composed = Array(UnicodeForm.nfc.applied(to: lowered.text).unicodeScalars)
      return composed.split { !($0.isLetterOrNumber || $0.isMark) }.map(Array.init)
    case .characters:
      return UnicodeForm.nfc.applied(to: lowered.text).map { Array($0.unicodeScalars) }
        .filter { !$0.allSatisfy(\.isSpace) }
    }
  }
}
