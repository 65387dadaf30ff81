import MLOpsCore

/// Scores the texts of a list over one `ScoringPath`.
struct ScoringBatch {
  typealias Outcome = AnswerCollector.Outcome
  let scorings: [RequestList.Scoring]

  /// The context that the list needs: as long as its longest plan, whose branches share the root.
  ///
  /// - Parameter shape: of the context that serves; gives threads and the cache's type.
  func shape(like shape: LlamaContext.Shape) -> LlamaContext.Shape {
    let plans = scorings.lazy.flatMap(\.plans)
    let cells = plans.map(\.cells).max() ?? 0
    var own = shape
    own.isUnified = true
    // libllama's grain; a multiple of it lets no number depend on the list's longest plan.
    own.context = max(256, (cells + 255) / 256 * 256)
    own.batch = max(ScoringPath.branchRows, PromptChunk.length)
    own.sequences = 1 + (plans.lazy.flatMap(\.groups).map(\.count).max() ?? 0)
    return own
  }

  /// - Parameter ended: is given the place of each request and its outcome.
  /// - Throws: `CancellationError`.
  func run(on path: ScoringPath, ended: (Int, Outcome) -> Void) throws {
    for scoring in scorings {
      do {
        ended(scoring.request, .success(try answer(scoring, path)))
      } catch let error as CancellationError {
        throw error
      } catch {
        ended(scoring.request, .failure(error))
      }
    }
  }

  private func answer(_ scoring: RequestList.Scoring, _ path: ScoringPath) throws
    -> (ModelAnswer, ModelTimings)
  {
    let start = ContinuousClock.now
    var tallies: [ScoringPath.Tally] = []
    var shared = 0
    for plan in scoring.plans {
      let result = try path.score(plan)
      tallies += result.tallies
      shared += result.shared
    }
    let seconds = start.secondsSince
    let timings = ModelTimings(
      firstToken: seconds, total: seconds,
      promptTokens: scoring.plans.reduce(0) { $0 + $1.tokenCount }, sharedTokens: shared)
    guard scoring.isRolling else { return (.scores(tallies.map(\.score)), timings) }
    let whole = tallies.reduce(into: ScoringPath.Tally()) {
      $0.logLikelihood += $1.logLikelihood
      $0.tokens += $1.tokens
      $0.isGreedy = $0.isGreedy && $1.isGreedy
    }
    return (.rolling(whole.score), timings)
  }
}

extension ScoringPath.Tally {
  fileprivate var score: ContinuationScore {
    ContinuationScore(logLikelihood: logLikelihood, tokens: tokens, isGreedy: isGreedy)
  }
}
