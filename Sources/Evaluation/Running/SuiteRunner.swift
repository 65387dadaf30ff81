public import MLOpsCore

/// Sends a suite's cases to a model.
///
/// Decoding is greedy, and every run sends the same cases in the same order with the same seed.
public struct SuiteRunner: Sendable {
  public let suite: Suite
  /// How many cases are with the model at once, at least 1; the model batches them.
  public let concurrency: Int
  /// The sampling seed of every case.
  public let seed: UInt32

  public init(suite: Suite, concurrency: Int = 16, seed: UInt32 = 0) {
    self.suite = suite
    self.concurrency = max(1, concurrency)
    self.seed = seed
  }

  /// Runs all cases; one that fails is kept with its reason.
  ///
  /// - Throws: `PromptError` before anything runs, where the prompt names a field that a case
  ///   lacks; `CancellationError`.
  public func run(_ side: EvaluationSide, progress: ProgressHandler? = nil) async throws
    -> SuiteRun
  {
    let requests = try requests(for: side)
    var outcomes = [SuiteRun.Outcome?](repeating: nil, count: requests.count)
    try await withThrowingTaskGroup(of: (Int, SuiteRun.Outcome).self) { group in
      var next = 0
      var done = 0
      while next < min(concurrency, requests.count) {
        start(next, requests, side, in: &group)
        next += 1
      }
      while let (index, outcome) = try await group.next() {
        outcomes[index] = outcome
        done += 1
        progress?(
          ProgressUpdate(
            label: "evaluating \(side.label)", done: Int64(done), total: Int64(requests.count),
            unit: "cases"))
        if next < requests.count {
          start(next, requests, side, in: &group)
          next += 1
        }
      }
    }
    return SuiteRun(
      label: side.label, release: side.digest,
      outcomes: outcomes.map { $0 ?? .failed(reason: "The case was not run.") }, seed: seed)
  }

  private func requests(for side: EvaluationSide) throws -> [GenerationRequest] {
    var template = suite.template(over: side.prompt)
    template.sampling.seed = seed
    return try suite.cases.map { template.request(try template.messages(for: $0.record)) }
  }

  private func start(
    _ index: Int, _ requests: [GenerationRequest], _ side: EvaluationSide,
    in group: inout ThrowingTaskGroup<(Int, SuiteRun.Outcome), any Error>
  ) {
    let request = requests[index]
    group.addTask { (index, try await outcome(of: request, case: suite.cases[index], side.model)) }
  }

  private func outcome(
    of request: GenerationRequest, case one: SuiteCase, _ model: any LanguageModel
  ) async throws -> SuiteRun.Outcome {
    let generation: Generation
    do {
      generation = try await model.generate(request)
    } catch {
      // A model may end its stream in its own way when this run is cancelled.
      try Task.checkCancellation()
      return .failed(reason: FailureReport(error).message)
    }
    let answer = suite.task.read(generation.text)
    let right = suite.metrics.map { ($0, $0.isRight(answer, expected: one.expected)) }
    return .answered(
      output: generation.text, answer: answer, right: Dictionary(uniqueKeysWithValues: right),
      usage: generation.usage)
  }
}
