/// Scores texts over a KV cache that always holds one path: the beginning of the text that was scored
/// last, and while branches are evaluated these beside it.
///
/// Where plans come in the order of their tokens, this walks the tree of all their prefixes depth
/// first, and each prefix is evaluated once. Everything lies in the cells where it would lie if the
/// plan were the only one, and is evaluated in the same pieces: numbers depend on the plan alone.
final class ScoringPath {
  /// The score of one text, being added up.
  struct Tally {
    var logLikelihood = 0.0
    var isGreedy = true
    var tokens = 0

    mutating func add(_ token: Int32, _ logits: LogSoftmax) throws(RuntimeError) {
      logLikelihood += try logits.logProbability(of: token)
      if token != logits.best { isGreedy = false }
      tokens += 1
    }
  }

  /// Rows of a decode in which branches are evaluated.
  static let branchRows = 128

  private let context: LlamaContext
  private let sharesPrefixes: Bool
  /// Called before each decode; throws where nobody waits any more.
  private let checkCancellation: () throws -> Void
  /// What sequence 0 holds, in whole chunks.
  private var path: [Int32] = []

  init(
    _ context: LlamaContext, sharesPrefixes: Bool, checkCancellation: @escaping () throws -> Void
  ) {
    self.context = context
    self.sharesPrefixes = sharesPrefixes
    self.checkCancellation = checkCancellation
  }

  /// - Returns: the tally of each text, and how many tokens were not evaluated because they were there.
  /// - Throws: `runtime.decode_failed`, `runtime.not_finite`, `CancellationError`; the next plan is not
  ///   concerned.
  func score(_ plan: ScoringPlan) throws -> (tallies: [Tally], shared: Int) {
    do {
      var tallies = Array(repeating: Tally(), count: plan.texts.count)
      let shared = keep(plan)
      try evaluateRoot(plan, from: shared, &tallies)
      for group in plan.groups { try evaluateBranches(group, of: plan, &tallies) }
      return (tallies, shared)
    } catch {
      context.clear()
      path = []
      throw error
    }
  }

  /// Leaves in the cache what the plan can use, and returns how many tokens that is.
  private func keep(_ plan: ScoringPlan) -> Int {
    // What wants logits is evaluated even if it is there.
    let most = PromptChunk.whole(min(plan.root.count, plan.logitsFrom))
    var kept = sharesPrefixes ? min(most, PromptChunk.common(path, plan.root)) : 0
    if kept == 0 || !context.drop(sequence: 0, from: kept) {
      context.clear()
      kept = 0
    }
    path = Array(plan.root.prefix(PromptChunk.whole(plan.root.count)))
    return kept
  }

  private func evaluateRoot(_ plan: ScoringPlan, from: Int, _ tallies: inout [Tally]) throws {
    for chunk in PromptChunk.ranges(from: from, to: plan.root.count) {
      context.batch.removeAll()
      for position in chunk {
        context.batch.add(
          plan.root[position], position: position, sequence: 0,
          wantsLogits: position >= plan.logitsFrom)
      }
      try decode()
      for position in chunk where position >= plan.logitsFrom {
        try context.withLogits(position - chunk.lowerBound) { logits in
          let softmax = try LogSoftmax(logits)
          for (index, text) in plan.texts.enumerated() where position >= text.first - 1 {
            try tallies[index].add(text.tokens[position + 1], softmax)
          }
        }
      }
    }
  }

  /// A token of a branch in the batch.
  private struct Row {
    let text: Int
    let position: Int
  }

  /// Evaluates texts beside each other, each in a sequence that shares the root's cells.
  private func evaluateBranches(
    _ group: [Int], of plan: ScoringPlan, _ tallies: inout [Tally]
  ) throws {
    for sequence in 1...group.count { context.share(0, with: sequence) }
    var rows: [Row] = []
    context.batch.removeAll()
    for (sequence, text) in zip(1..., group) {
      for (offset, token) in plan.branch(text).enumerated() {
        let position = plan.root.count + offset
        context.batch.add(
          token, position: position, sequence: sequence,
          wantsLogits: position >= plan.texts[text].first - 1)
        rows.append(Row(text: text, position: position))
        if rows.count == Self.branchRows { try evaluate(&rows, of: plan, &tallies) }
      }
    }
    if !rows.isEmpty { try evaluate(&rows, of: plan, &tallies) }
    for sequence in 1...group.count { _ = context.drop(sequence: sequence, from: 0) }
  }

  private func evaluate(
    _ rows: inout [Row], of plan: ScoringPlan, _ tallies: inout [Tally]
  ) throws {
    try decode()
    for (index, row) in rows.enumerated() {
      let text = plan.texts[row.text]
      guard row.position >= text.first - 1 else { continue }
      try context.withLogits(index) {
        try tallies[row.text].add(text.tokens[row.position + 1], LogSoftmax($0))
      }
    }
    rows = []
    context.batch.removeAll()
  }

  private func decode() throws {
    try checkCancellation()
    try context.decode()
  }
}
