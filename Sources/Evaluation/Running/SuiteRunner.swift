public import MLOpsCore

/// Sends a suite's cases to a model.
///
/// Every run sends the same cases in the same order with the same seeds, all at once: which of them
/// the model evaluates together follows from the list alone.
public struct SuiteRunner: Sendable {
  public let suite: Suite
  /// The sampling seed of every case's first answer.
  public let seed: UInt32

  public init(suite: Suite, seed: UInt32 = 0) {
    self.suite = suite
    self.seed = seed
  }

  /// Runs all cases; one that fails is kept with its reason.
  ///
  /// Tasks whose times are measured ask anew always.
  ///
  /// - Parameters:
  ///   - store: where answers are looked for and kept.
  ///   - asksAnew: whether what is there is not looked at, but replaced.
  ///   - deadline: when asking ends.
  ///   - keepsRequests: whether the run holds what the model was asked.
  /// - Throws: `PromptError` before anything runs, where the prompt names a field that a case
  ///   lacks; `EvaluationError` where an example lacks it, or with code `evaluation.out_of_time`; `CancellationError`; what the store
  ///   throws.
  public func run(
    _ side: EvaluationSide, answers store: (any AnswerStore)? = nil, asksAnew: Bool = false,
    deadline: Deadline? = nil, keepsRequests: Bool = false,
    progress: ProgressHandler? = nil
  ) async throws -> SuiteRun {
    let requests = try requests(for: side)
    let asking = Asking(
      store: store, asksAnew: asksAnew, deadline: deadline, progress: progress)
    let (results, found) = try await asking.answers(
      to: requests, of: side, singly: suite.task.isTimed)
    var start = 0
    let outcomes = suite.cases.map { one in
      let end = start + suite.answers(to: one)
      defer { start = end }
      return outcome(of: one, results[start..<end])
    }
    return SuiteRun(
      label: side.label, release: side.digest, outcomes: outcomes, seed: seed, bytes: side.bytes,
      answersFound: found, requests: keepsRequests ? requests : [])
  }

  /// The samples of each wording of each case, one case after the other.
  private func requests(for side: EvaluationSide) throws -> [ModelRequest] {
    var template = suite.template(over: side.prompt)
    template.sampling.seed = seed
    let prompts = try CasePrompts(suite, template, label: side.label)
    return try suite.cases.enumerated().flatMap { index, one in
      let prompt = prompts[index]
      return try suite.wordings.cases(one).flatMap { worded in
        try (0..<suite.task.samples).map {
          try suite.task.request(worded, prompt, sample: $0)
        }
      }
    }
  }

  private func outcome(of one: SuiteCase, _ results: ArraySlice<CollectedAnswers.Result?>)
    -> SuiteRun.Outcome
  {
    var samples: [Sample] = []
    for result in results {
      switch result {
      case .success(let found)?:
        var sample = suite.task.sample(of: found.answer.answer, to: one)
        // A model that computes no numbers has not answered; it is not wrong.
        if sample.scores.contains(where: \.logLikelihood.isNaN) {
          return .failed(reason: "The model's scores are not numbers.")
        }
        sample.timings = found.timings
        if sample.usage.promptTokens == 0 { sample.usage.promptTokens = found.answer.promptTokens }
        samples.append(sample)
      case .failure(let error)?: return .failed(reason: FailureReport(error).message)
      case nil: return .failed(reason: "The case was not run.")
      }
    }
    return SuiteRun.Outcome(samples, to: one, of: suite)
  }
}
