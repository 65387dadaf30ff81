public import MLOpsCore
import Synchronization

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
  /// - Throws: `PromptError` before anything runs, where the prompt names a field that a case
  ///   lacks; `CancellationError`.
  public func run(_ side: EvaluationSide, progress: ProgressHandler? = nil) async throws
    -> SuiteRun
  {
    let requests = try requests(for: side)
    let collected = Collected(requests.count, label: side.label, progress)
    if suite.task.isTimed {
      for (index, request) in requests.enumerated() {
        try await side.model.answer([request]) { _, result in collected.put(index, result) }
      }
    } else {
      try await side.model.answer(requests) { index, result in collected.put(index, result) }
    }
    let results = collected.results
    let outcomes = suite.cases.enumerated().map { index, one in
      outcome(
        of: one, results[index * suite.task.samples..<(index + 1) * suite.task.samples])
    }
    return SuiteRun(
      label: side.label, release: side.digest, outcomes: outcomes, seed: seed, bytes: side.bytes)
  }

  /// The samples of each case, one case after the other.
  private func requests(for side: EvaluationSide) throws -> [ModelRequest] {
    var template = suite.template(over: side.prompt)
    template.sampling.seed = seed
    let prompt = CasePrompt(template: template, format: suite.format)
    return try suite.cases.flatMap { one in
      try (0..<suite.task.samples).map { try suite.task.request(one, prompt, sample: $0) }
    }
  }

  private func outcome(of one: SuiteCase, _ results: ArraySlice<Collected.Result?>)
    -> SuiteRun.Outcome
  {
    var samples: [Sample] = []
    for result in results {
      switch result {
      case .success((let answer, let timings))?:
        var sample = suite.task.sample(of: answer, to: one)
        sample.timings = timings
        if sample.usage.promptTokens == 0 { sample.usage.promptTokens = timings.promptTokens }
        samples.append(sample)
      case .failure(let error)?: return .failed(reason: FailureReport(error).message)
      case nil: return .failed(reason: "The case was not run.")
      }
    }
    return SuiteRun.Outcome(samples, to: one, of: suite)
  }
}

/// What a model has answered so far.
private final class Collected: Sendable {
  typealias Result = Swift.Result<(ModelAnswer, ModelTimings), any Error>

  private let state: Mutex<(results: [Result?], done: Int)>
  private let label: String
  private let progress: ProgressHandler?

  init(_ count: Int, label: String, _ progress: ProgressHandler?) {
    state = Mutex(([Result?](repeating: nil, count: count), 0))
    self.label = label
    self.progress = progress
  }

  var results: [Result?] { state.withLock { $0.results } }

  func put(_ index: Int, _ result: Result) {
    let (done, total) = state.withLock { state in
      state.results[index] = result
      state.done += 1
      return (state.done, state.results.count)
    }
    progress?(
      ProgressUpdate(
        label: "evaluating \(label)", done: Int64(done), total: Int64(total), unit: "answers"))
  }
}
