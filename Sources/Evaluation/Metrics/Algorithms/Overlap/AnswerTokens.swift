/// How short answers to questions are made comparable before their tokens are counted.
public enum AnswerTokens: String, Sendable, Hashable, CaseIterable {
  /// SQuAD's official evaluation (evaluate-v2.0.py, `normalize_answer`): lower case, the 32 ASCII
  /// punctuation marks dropped, then the words `a`, `an` and `the` made spaces; tokens are words.
  case squad
  /// KorQuAD 1.0's official evaluation (evaluate-korquad_v1.0.py): `'"《》<>〈〉()‘’` made spaces,
  /// lower case, the 32 ASCII punctuation marks dropped; tokens are the Unicode scalars of words,
  /// because Korean words carry particles.
  case korquad

  /// What the answer consists of, in order.
  func words(of text: String) -> [Scalars] {
    let lowered: Scalars
    switch self {
    case .squad: lowered = LetterCase.lowered(text)
    case .korquad:
      let spaced = text.unicodeScalars.map { AnswerTokens.korquadSpaces.contains($0) ? " " : $0 }
      lowered = LetterCase.lowered(spaced.text)
    }
    let plain = lowered.filter { !$0.isASCIIPunctuation }
    return self == .squad ? AnswerTokens.withoutArticles(plain) : plain.words().map(Array.init)
  }

  /// What overlap is counted in.
  func tokens(of words: [Scalars]) -> [Scalars] {
    self == .squad ? words : words.flatMap { $0.map { [$0] } }
  }

  private static let korquadSpaces: Set<Unicode.Scalar> = [
    "'", "\"", "《", "》", "<", ">", "〈", "〉", "(", ")", "‘", "’",
  ]

  private static let articles: Set<Scalars> = [["a"], ["a", "n"], ["t", "h", "e"]]

  /// An article is one between scalars that are neither letters nor numbers: Python's `\b`.
  private static func withoutArticles(_ scalars: Scalars) -> [Scalars] {
    var kept = Scalars()
    var index = 0
    while index < scalars.count {
      let isLetter = scalars[index].isLetterOrNumber
      let end =
        scalars[index...].firstIndex { $0.isLetterOrNumber != isLetter } ?? scalars.count
      let run = Array(scalars[index..<end])
      kept += isLetter && articles.contains(run) ? [" "] : run
      index = end
    }
    return kept.words().map(Array.init)
  }
}
