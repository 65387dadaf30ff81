import MLOpsCore

/// The questions to a judge, each once, and what it answered.
struct JudgeAnswers {
  private(set) var questions: [JudgeQuestion] = []
  private var places: [JudgeQuestion: Int] = [:]
  private var readings: [Result<JudgeReading, JudgeFailure>] = []
  /// How many answers were those of an earlier evaluation.
  private(set) var found = 0

  /// Why there is no answer, a sentence.
  struct JudgeFailure: Error { let reason: String }

  mutating func add(_ question: JudgeQuestion) {
    guard places[question] == nil else { return }
    places[question] = questions.count
    questions.append(question)
  }

  func reading(_ question: JudgeQuestion) -> Result<JudgeReading, JudgeFailure> {
    guard let place = places[question], readings.indices.contains(place) else {
      return .failure(JudgeFailure(reason: "The judge was not asked."))
    }
    return readings[place]
  }

  /// The mean probability that the judge answers in the form that it was asked for; nil without
  /// answers.
  var inForm: Double? {
    let values = readings.compactMap { try? $0.get().inForm }
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// Asks all of them, where no answer is kept.
  ///
  /// - Throws: `PromptError`, and as `Asking` does.
  mutating func ask(_ side: EvaluationSide, _ prompt: JudgePrompt, _ asking: Asking) async throws {
    let requests = try questions.map { try prompt.request($0) }
    let (results, found) = try await asking.answers(to: requests, of: side)
    self.found = found
    readings = zip(requests, results).map { JudgeAnswers.reading($1, of: $0) }
  }

  private static func reading(_ result: CollectedAnswers.Result?, of request: ModelRequest)
    -> Result<JudgeReading, JudgeFailure>
  {
    switch result {
    case .success(let found)?:
      guard case .score(let request) = request,
        let reading = JudgeReading(found.answer.answer, count: request.continuations.count)
      else { return .failure(JudgeFailure(reason: "The judge's likelihoods are no numbers.")) }
      return .success(reading)
    case .failure(let error)?:
      return .failure(JudgeFailure(reason: FailureReport(error).message))
    case nil: return .failure(JudgeFailure(reason: "The judge was not asked."))
    }
  }
}
