/// Each row's question with the answer of another row of its batch: what KTO estimates from how far
/// the model as a whole has moved.
///
/// As TRL pairs them, a row takes the answer of the one before it, and the first that of the last.
/// A row alone in its batch takes the answer of the batch before: its own would say nothing of
/// answers that do not fit.
struct MismatchedAnswers {
  private let examples: [TokenisedExample]
  /// For each example, whose answer it takes.
  private let partners: [Int]
  /// Tokens of the longest example: a question and an answer that are longer are cut there.
  private let limit: Int

  /// - Parameter batches: of the first epoch, which hold every example once.
  init(_ examples: [TokenisedExample], batches: [BatchPlan.Batch]) {
    self.examples = examples
    limit = examples.lazy.map(\.tokens.count).max() ?? 0
    var partners = Array(examples.indices)
    var before = batches.last?.blocks.joined().map { $0 }.last
    for batch in batches {
      let rows = Array(batch.blocks.joined())
      guard let last = rows.last else { continue }
      partners[rows[0]] = rows.count > 1 ? last : before ?? last
      for (row, next) in zip(rows, rows.dropFirst()) { partners[next] = row }
      before = last
    }
    self.partners = partners
  }

  /// An example's question with its partner's answer.
  subscript(index: Int) -> TokenisedExample {
    let (own, other) = (examples[index], examples[partners[index]])
    let question = own.isAnswer.firstIndex(of: true) ?? own.tokens.count
    let answer = other.isAnswer.firstIndex(of: true) ?? other.tokens.count
    return TokenisedExample(
      row: own.row,
      tokens: Array((own.tokens[..<question] + other.tokens[answer...]).prefix(limit)),
      isAnswer: Array((own.isAnswer[..<question] + other.isAnswer[answer...]).prefix(limit)))
  }
}
