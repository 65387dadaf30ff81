import MLOpsCore

/// Collects a generated text and notes when its tokens came.
final class AnswerCollector: GenerationOutput {
  typealias Outcome = Result<(ModelAnswer, ModelTimings), any Error>

  /// The place of the request in the list.
  let request: Int
  /// Set when the generation has ended.
  private(set) var outcome: Outcome?
  private var text = ""
  private var start = ContinuousClock.now
  private var ticks: [Double] = []
  private var shared = 0

  init(request: Int) { self.request = request }

  func begin() { start = .now }

  /// - Parameter shared: tokens of the prompt that were there already.
  func begin(shared: Int) { self.shared = shared }

  /// A token was chosen.
  func tick() { ticks.append(start.secondsSince) }

  func give(_ piece: String) { text += piece }

  func finish(_ reason: FinishReason, _ usage: TokenUsage, likelihoods: [Double]?) {
    let generation = Generation(
      text: text, reason: reason, usage: usage, likelihoods: likelihoods)
    let timings = ModelTimings(
      firstToken: ticks.first ?? 0, tokenSeconds: zip(ticks, ticks.dropFirst()).map { $1 - $0 },
      total: start.secondsSince, promptTokens: usage.promptTokens, sharedTokens: shared)
    outcome = .success((.generated(generation), timings))
  }

  func fail(_ error: any Error) { outcome = .failure(error) }
}

extension ContinuousClock.Instant {
  /// Seconds from then to now.
  var secondsSince: Double { (ContinuousClock.now - self) / .seconds(1) }
}
