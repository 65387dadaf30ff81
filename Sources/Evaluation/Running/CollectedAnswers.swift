import MLOpsCore
import Synchronization

/// What a model has answered so far, of which what is new goes to a store now and then.
final class CollectedAnswers: Sendable {
  struct Found {
    let answer: StoredAnswer
    /// Nil for what an earlier run was answered.
    let timings: ModelTimings?
  }

  typealias Result = Swift.Result<Found, any Error>

  private struct State {
    var results: [Result?]
    var done = 0
    /// Places of answers that no store has yet.
    var fresh: [Int] = []
    var kept = ContinuousClock.now
    var failure: (any Error)?
  }

  private let state: Mutex<State>
  private let keys: [AnswerKey]
  private let store: (any AnswerStore)?
  private let label: String
  private let progress: ProgressHandler?

  /// - Parameter keys: one for each answer, or none where there is no store.
  init(
    _ count: Int, keys: [AnswerKey], _ store: (any AnswerStore)?, label: String,
    _ progress: ProgressHandler?
  ) {
    state = Mutex(State(results: [Result?](repeating: nil, count: count)))
    self.keys = keys
    self.store = store
    self.label = label
    self.progress = progress
  }

  var results: [Result?] { state.withLock { $0.results } }

  /// The places without an answer.
  var missing: [Int] {
    state.withLock { state in state.results.indices.filter { state.results[$0] == nil } }
  }

  /// Takes what the store has.
  func fill() throws {
    guard let store else { return }
    let found = try store.answers(to: keys)
    state.withLock { state in
      for (index, answer) in found.enumerated() {
        guard let answer else { continue }
        state.results[index] = .success(Found(answer: answer, timings: nil))
        state.done += 1
      }
    }
  }

  func put(_ index: Int, _ result: Swift.Result<(ModelAnswer, ModelTimings), any Error>) {
    let (done, total, isDue) = state.withLock { state in
      state.results[index] = result.map { answer, timings in
        Found(
          answer: StoredAnswer(answer: answer, promptTokens: timings.promptTokens),
          timings: timings)
      }
      state.done += 1
      // What failed may succeed the next time.
      if case .success = result { state.fresh.append(index) }
      return (
        state.done, state.results.count,
        store != nil && ContinuousClock.now - state.kept > .seconds(2)
      )
    }
    if isDue { flush() }
    progress?(
      ProgressUpdate(
        label: "evaluating \(label)", done: Int64(done), total: Int64(total), unit: "answers"))
  }

  /// Hands what is new to the store; `check` tells what went wrong.
  func flush() {
    guard let store else { return }
    let fresh = state.withLock { state -> [(key: AnswerKey, answer: StoredAnswer)] in
      defer {
        state.fresh = []
        state.kept = .now
      }
      return state.fresh.compactMap { index in
        guard case .success(let found)? = state.results[index] else { return nil }
        return (keys[index], found.answer)
      }
    }
    guard !fresh.isEmpty else { return }
    do {
      try store.keep(fresh)
    } catch {
      state.withLock { $0.failure = $0.failure ?? error }
    }
  }

  /// - Throws: what the store threw first.
  func check() throws {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }
}
