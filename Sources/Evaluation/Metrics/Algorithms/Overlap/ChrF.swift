/// chrF and chrF++, 0 … 100: how much answer and reference share of each other's characters in a
/// row.
///
/// Popović, WMT 2015 (chrF) and WMT 2017 (chrF++), in the definition of sacrebleu (`CHRF`): n-grams
/// of up to 6 Unicode scalars without white space, for chrF++ also of up to 2 words, from whose end
/// or else beginning one ASCII punctuation mark is cut; precision and recall are means over the
/// orders that both texts have, and weigh 1 to `beta`². Of several references the one with the best
/// score counts, of equal ones the first.
/// In sacrebleu's signature: `case:mixed|eff:yes|nc:6|nw:0|space:no` (`nw:2` for chrF++).
public struct ChrF: SummedStatistic {
  /// The longest n-grams of characters, at least 1.
  public let characterOrder: Int
  /// The longest n-grams of words: 0 for chrF, 2 for chrF++.
  public let wordOrder: Int
  /// How many times as important recall is as precision.
  public let beta: Double
  /// Whether texts are compared in lower case.
  public let lowercase: Bool
  /// Whether white space counts among the characters (`space:yes`).
  public let whitespace: Bool
  /// Whether an order that one text lacks counts, as next to nothing (`eff:no`, the way of
  /// chrF++.py, NLTK and Moses): F is then a mean over orders. Otherwise such orders are left out.
  public let smoothsByEpsilon: Bool

  public init(
    characterOrder: Int = 6, wordOrder: Int = 0, beta: Double = 2, lowercase: Bool = false,
    whitespace: Bool = false, smoothsByEpsilon: Bool = false
  ) {
    self.characterOrder = max(1, characterOrder)
    self.wordOrder = max(0, wordOrder)
    self.beta = beta
    self.lowercase = lowercase
    self.whitespace = whitespace
    self.smoothsByEpsilon = smoothsByEpsilon
  }

  /// chrF++.
  public static let plusPlus = ChrF(wordOrder: 2)

  private var orders: Int { characterOrder + wordOrder }

  /// Three numbers for each order.
  public var width: Int { 3 * orders }

  /// The numbers of one case, three for each order, characters first: the answer's n-grams (0 where
  /// the reference has none), the reference's, and those in both. All are 0 without references.
  public func numbers(answer: String, references: [String]) -> [Double] {
    let texts = ([answer] + references).map {
      lowercase ? LetterCase.lowered($0) : Array($0.unicodeScalars)
    }
    var numbering = Numbering<Unicode.Scalar>()
    let characters = numbering.numbers(of: texts.map { whitespace ? $0 : $0.withoutSpace() })
    var rows = ChrF.overlaps(characters, kinds: numbering.count, orders: characterOrder)
    if wordOrder > 0 {
      var numbering = Numbering<ArraySlice<Unicode.Scalar>>()
      let words = numbering.numbers(of: texts.map(ChrF.words))
      let overlaps = ChrF.overlaps(words, kinds: numbering.count, orders: wordOrder)
      rows = zip(rows, overlaps).map(+)
    }
    var best = [Double](repeating: 0, count: width)
    var bestValue = -1.0
    for row in rows {
      let value = value(of: row)
      if value > bestValue { (best, bestValue) = (row, value) }
    }
    return best
  }

  /// The score of one answer.
  public func value(answer: String, references: [String]) -> Double {
    value(of: numbers(answer: answer, references: references))
  }

  /// The score of all cases together, 0 … 100.
  public func value(ofSums sums: UnsafeBufferPointer<Double>) -> Double {
    let epsilon = 1e-16
    let factor = beta * beta
    var (score, precisions, recalls, effective) = (0.0, 0.0, 0.0, 0.0)
    for order in 0..<orders {
      let (answer, reference, both) = (sums[3 * order], sums[3 * order + 1], sums[3 * order + 2])
      let precision = answer > 0 ? both / answer : epsilon
      let recall = reference > 0 ? both / reference : epsilon
      let weighted = factor * precision + recall
      score += weighted > 0 ? (1 + factor) * precision * recall / weighted : epsilon
      guard answer > 0, reference > 0 else { continue }
      precisions += precision
      recalls += recall
      effective += 1
    }
    if smoothsByEpsilon { return 100 * score / Double(orders) }
    guard effective > 0, precisions + recalls > 0 else { return 0 }
    let (precision, recall) = (precisions / effective, recalls / effective)
    return 100 * (1 + factor) * precision * recall / (factor * precision + recall)
  }

  /// The rows of each reference: of sequences whose first is the answer's.
  private static func overlaps(_ units: [[Int]], kinds: Int, orders: Int) -> [[Double]] {
    var rows = [[Double]](repeating: [], count: units.count - 1)
    var ngrams = NGrams(units, kinds: kinds)
    for order in 1...orders {
      if order > 1 { ngrams.lengthen() }
      let answer = ngrams.counts(of: 0)
      for row in rows.indices {
        let total = ngrams.total(of: row + 1)
        let both = zip(answer, ngrams.counts(of: row + 1)).reduce(0) { $0 + min($1.0, $1.1) }
        rows[row] += [total > 0 ? Double(ngrams.total(of: 0)) : 0, Double(total), Double(both)]
      }
    }
    return rows
  }

  /// Words, a punctuation mark at the end of one, or else at its beginning, being one too.
  private static func words(of scalars: Scalars) -> [ArraySlice<Unicode.Scalar>] {
    scalars.words().flatMap { word -> [ArraySlice<Unicode.Scalar>] in
      guard word.count > 1, let first = word.first, let last = word.last else { return [word] }
      if last.isASCIIPunctuation { return [word.dropLast(), word.suffix(1)] }
      if first.isASCIIPunctuation { return [word.prefix(1), word.dropFirst()] }
      return [word]
    }
  }
}
