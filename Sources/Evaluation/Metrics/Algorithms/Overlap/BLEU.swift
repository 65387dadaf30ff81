import Foundation

/// BLEU, 0 … 100: how much of an answer's words in a row a reference has, and not too short.
///
/// Papineni et al., ACL 2002, in the definition of sacrebleu (Post, WMT 2018), whose numbers these
/// are: n-grams of up to 4 tokens, each counted at most as often as in the reference that has most
/// of it; the reference length nearest to the answer's, of equally near ones the shorter; smoothing
/// `exp`: the k-th order without a match counts as 1 / 2^k matches; 0 where nothing matches at all.
/// White space at the end of texts is dropped before they are cut into tokens.
/// In sacrebleu's signature: `case:mixed|eff:no|tok:13a|smooth:exp`.
public struct BLEU: SummedStatistic {
  /// How texts become tokens.
  public enum Tokenizer: String, Sendable, Hashable, CaseIterable {
    /// Words and punctuation marks, as mteval-v13a does it; for languages that write spaces.
    case mteval13a = "13a"
    /// Each Unicode scalar but white space: sensible for Korean, where words carry endings.
    case characters = "char"
    /// What white space separates: the texts are tokens already.
    case none
  }

  /// How texts become tokens.
  public let tokenizer: Tokenizer
  /// Whether texts are compared in lower case (`case:lc`).
  public let lowercase: Bool
  /// Whether orders count only up to the longest n-gram that the answers have (`eff:yes`): what
  /// a single sentence needs, which may have fewer than 4 tokens.
  public let effectiveOrder: Bool

  public init(
    tokenizer: Tokenizer = .mteval13a, lowercase: Bool = false, effectiveOrder: Bool = false
  ) {
    self.tokenizer = tokenizer
    self.lowercase = lowercase
    self.effectiveOrder = effectiveOrder
  }

  static let order = 4

  /// The answers' and references' lengths, the matches and the n-grams of each order.
  public var width: Int { 2 + 2 * BLEU.order }

  /// The numbers of one case: the answer's length and the nearest reference's in tokens, then the
  /// matched n-grams for n = 1 … 4, then the answer's n-grams. Without references nothing matches.
  public func numbers(answer: String, references: [String]) -> [Double] {
    var numbering = Numbering<ArraySlice<Unicode.Scalar>>()
    let units = numbering.numbers(of: ([answer] + references).map(tokens))
    var ngrams = NGrams(units, kinds: numbering.count)
    var matches: [Double] = []
    var totals: [Double] = []
    for order in 1...BLEU.order {
      if order > 1 { ngrams.lengthen() }
      var most: [Int] = []
      for reference in references.indices {
        let counts = ngrams.counts(of: reference + 1)
        most = most.isEmpty ? counts : zip(most, counts).map(max)
      }
      matches.append(Double(zip(ngrams.counts(of: 0), most).reduce(0) { $0 + min($1.0, $1.1) }))
      totals.append(Double(ngrams.total(of: 0)))
    }
    let length = units[0].count
    let nearest = units.dropFirst().map(\.count).min {
      (abs($0 - length), $0) < (abs($1 - length), $1)
    }
    return [Double(length), Double(nearest ?? 0)] + matches + totals
  }

  /// BLEU of one answer: sacrebleu's `sentence_bleu`, with the effective order.
  public func value(answer: String, references: [String]) -> Double {
    BLEU(tokenizer: tokenizer, lowercase: lowercase, effectiveOrder: true)
      .value(of: numbers(answer: answer, references: references))
  }

  /// BLEU of all cases together, 0 … 100.
  public func value(ofSums sums: UnsafeBufferPointer<Double>) -> Double {
    let (answers, references) = (sums[0], sums[1])
    let matches = sums[2..<2 + BLEU.order]
    guard matches.contains(where: { $0 > 0 }) else { return 0 }
    var orders = BLEU.order
    var halves = 1.0
    var logarithms = [Double](repeating: BLEU.logarithmOfZero, count: BLEU.order)
    for order in 0..<BLEU.order {
      let total = sums[2 + BLEU.order + order]
      guard total > 0 else { break }
      if effectiveOrder { orders = order + 1 }
      if sums[2 + order] == 0 { halves *= 2 }
      let precision =
        sums[2 + order] > 0 ? 100 * sums[2 + order] / total : 100 / (halves * total)
      logarithms[order] = log(precision)
    }
    let brevity = answers < references ? exp(1 - references / answers) : 1
    return brevity * exp(logarithms[..<orders].reduce(0, +) / Double(orders))
  }

  /// What sacrebleu takes for it: the score is then 0.
  private static let logarithmOfZero = -9_999_999_999.0

  private func tokens(of text: String) -> [ArraySlice<Unicode.Scalar>] {
    let scalars = lowercase ? LetterCase.lowered(text) : Array(text.unicodeScalars)
    switch tokenizer {
    case .mteval13a:
      let end = scalars.lastIndex { !$0.isSpace }.map { $0 + 1 } ?? 0
      return MTEval13a.tokens(of: Array(scalars[..<end]))
    case .characters:
      return scalars.indices.filter { !scalars[$0].isSpace }.map { scalars[$0...$0] }
    case .none: return scalars.words()
    }
  }
}
