import MLOpsCore

/// How the models of an evaluation are asked: from which store, anew or not, and for how long.
struct Asking: Sendable {
  /// Where answers are looked for and kept.
  var store: (any AnswerStore)?
  /// Whether what is there is not looked at, but replaced.
  var asksAnew = false
  /// When asking ends.
  var deadline: Deadline?
  var progress: ProgressHandler?

  /// The answers to requests, in order, and how many of them were those of an earlier run.
  ///
  /// What the model has answered is kept as it comes, so that a run that is interrupted goes on where it
  /// was.
  ///
  /// - Parameter singly: one request at a time, as what they take is measured; nothing is kept then.
  /// - Throws: `EvaluationError` with code `evaluation.out_of_time`; `CancellationError`; what the store
  ///   throws.
  func answers(to requests: [ModelRequest], of side: EvaluationSide, singly: Bool = false)
    async throws -> (results: [CollectedAnswers.Result?], found: Int)
  {
    let store = singly ? nil : store
    let keys =
      store == nil
      ? [] : requests.map { AnswerKey($0, release: side.digest, engine: side.engine) }
    let collected = CollectedAnswers(
      requests.count, keys: keys, store, label: side.label, progress)
    if !asksAnew { try collected.fill() }
    let missing = collected.missing
    defer { collected.flush() }
    let batches = singly ? missing.map { [$0] } : missing.isEmpty ? [] : [missing]
    try await withinDeadline {
      for batch in batches {
        try await side.model.answer(batch.map { requests[$0] }) { index, result in
          collected.put(batch[index], result)
        }
      }
    } orElse: {
      collected.flush()
      try collected.check()
      return EvaluationError.outOfTime(
        limit: $0, side: side.label, answered: requests.count - collected.missing.count,
        of: requests.count, areKept: store != nil)
    }
    collected.flush()
    try collected.check()
    return (collected.results, requests.count - missing.count)
  }

  private func withinDeadline(
    _ work: @escaping @Sendable () async throws -> Void, orElse late: (Duration) throws -> any Error
  ) async throws {
    guard let deadline else { return try await work() }
    guard try await deadline.finishes(work) else { throw try late(deadline.limit) }
  }
}
