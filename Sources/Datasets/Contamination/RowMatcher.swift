/// Compares one text of a row with a suite.
struct RowMatcher {
  struct Match {
    let ordinal: Int
    let kind: ContaminationHit.Kind
    let similarity: Double?
    let spans: [ContaminationHit.Span]
  }

  let index: SuiteIndex
  let text: String
  private let tokens: TokenisedText

  private static let spanLimit = 8

  init(index: SuiteIndex, text: String) {
    self.index = index
    self.text = text
    tokens = TokenisedText(text, index.tokeniser)
  }

  /// At most one for each case, of the strongest kind; in the order of cases.
  func matches() -> [Match] {
    guard !tokens.tokens.isEmpty else { return [] }
    var found: [Int: Match] = [:]
    for ordinal in index.equal(to: tokens) {
      found[ordinal] = Match(
        ordinal: ordinal, kind: .exact, similarity: 1, spans: [whole(ordinal)])
    }
    for (ordinal, similarity) in index.similar(to: text) where found[ordinal] == nil {
      found[ordinal] = Match(
        ordinal: ordinal, kind: .nearDuplicate, similarity: similarity, spans: [whole(ordinal)])
    }
    for (ordinal, spans) in runs() where found[ordinal] == nil {
      found[ordinal] = Match(ordinal: ordinal, kind: .run, similarity: nil, spans: spans)
    }
    return found.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Both texts from their first token to their last.
  private func whole(_ ordinal: Int) -> ContaminationHit.Span {
    span(
      ordinal, inCase: index.texts[ordinal].range(0..<index.texts[ordinal].tokens.count),
      inRow: tokens.range(0..<tokens.tokens.count))
  }

  private func span(_ ordinal: Int, inCase: Range<Int>, inRow: Range<Int>) -> ContaminationHit.Span
  {
    ContaminationHit.Span(
      inCase: inCase, inRow: inRow,
      caseExcerpt: ContaminationHit.Excerpt(index.cases[ordinal].text, inCase),
      rowExcerpt: ContaminationHit.Excerpt(text, inRow))
  }

  /// The runs that each case shares, as long as they go.
  private func runs() -> [Int: [ContaminationHit.Span]] {
    var spans: [Int: [ContaminationHit.Span]] = [:]
    // Up to which token of the row a case's runs are told already.
    var ends: [Int: Int] = [:]
    for run in tokens.runs(index.window) {
      for place in index.places(of: run.hash) where run.start >= ends[place.ordinal] ?? 0 {
        let other = index.texts[place.ordinal]
        let count = tokens.agreement(from: run.start, with: other, from: place.start)
        // Equal hashes are no proof.
        guard count >= index.window.length(at: tokens.tokens[run.start]) else { continue }
        ends[place.ordinal] = run.start + count
        guard spans[place.ordinal, default: []].count < RowMatcher.spanLimit else { continue }
        spans[place.ordinal, default: []].append(
          span(
            place.ordinal, inCase: other.range(place.start..<place.start + count),
            inRow: tokens.range(run.start..<run.start + count)))
      }
    }
    return spans
  }
}
