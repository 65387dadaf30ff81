import JSON
import MLOpsCore

extension EvaluationReport {
  /// A line of JSON for every answer that a model was asked for, the baseline's first, then case by case;
  /// empty where the runs did not keep what was asked.
  ///
  /// | key | holds |
  /// |---|---|
  /// | `side`, `release` | `baseline` or `candidate`, and what the release is called |
  /// | `case`, `sample` | the case's id, and the number of the answer from 0 |
  /// | `request` | `messages` or `text`, and `continuations`, or `max_tokens`, `stop`, `temperature`, `seed` |
  /// | `expected` | the right answer |
  /// | `output`, `answer` | what the model wrote, and what was read in it; `unreadable` says why nothing was |
  /// | `log_likelihoods`, `greedy` | of each continuation |
  /// | `prompt_tokens`, `completion_tokens`, `first_token_s`, `total_s` | what it cost; seconds only of answers given in this run |
  /// | `values` | the case's number of each metric |
  /// | `failed` | in place of all that follows `expected`: why the case failed to run |
  public var sampleLog: String {
    [("baseline", baseline), ("candidate", candidate)].flatMap { side, run in
      let places = suite.cases.indices.flatMap { index in
        (0..<suite.answers(to: suite.cases[index])).map { (index, $0) }
      }
      return zip(places, run.requests).map { place, request in
        let (index, sample) = place
        var line = run.outcomes[index].line(sample: sample, metrics: suite.metrics)
        line["side"] = .string(side)
        line["release"] = .string(run.label)
        line["case"] = .string(suite.cases[index].id)
        line["sample"] = .integer(sample)
        line["request"] = request.json
        line["expected"] = suite.cases[index].expected
        return JSONValue.object(line).canonical + "\n"
      }
    }.joined()
  }
}

extension SuiteRun.Outcome {
  fileprivate func line(sample index: Int, metrics: [Metric]) -> [String: JSONValue] {
    guard case .answered(let samples, let numbers) = self, samples.indices.contains(index) else {
      return ["failed": .string(failure ?? "The case was not run.")]
    }
    let sample = samples[index]
    var line: [String: JSONValue] = [
      "output": sample.output.map { .string($0) } ?? .null, "answer": sample.answer.value ?? .null,
      "prompt_tokens": .integer(sample.usage.promptTokens),
      "completion_tokens": .integer(sample.usage.completionTokens),
      "values": SuiteRun.Outcome.values(numbers, of: metrics),
    ]
    if let reason = sample.answer.reason { line["unreadable"] = .string(reason) }
    if !sample.scores.isEmpty {
      line["log_likelihoods"] = .array(sample.scores.map { .double($0.logLikelihood) })
      line["greedy"] = .array(sample.scores.map { .bool($0.isGreedy) })
    }
    if let timings = sample.timings {
      line["first_token_s"] = .double(timings.firstToken)
      line["total_s"] = .double(timings.total)
    }
    return line
  }

  /// Metrics with their numbers of one case; null where there is none.
  static func values(_ numbers: [[Double]?], of metrics: [Metric]) -> JSONValue {
    .object(
      Dictionary(
        uniqueKeysWithValues: zip(metrics, numbers).map { metric, numbers in
          (metric.description, numbers.map { .double(metric.value(of: $0)) } ?? .null)
        }))
  }
}

extension ModelRequest {
  fileprivate var json: JSONValue {
    switch self {
    case .generate(let request):
      var object = request.input.members
      object["max_tokens"] = .integer(request.maxTokens)
      object["stop"] = .array(request.stop.map { .string($0) })
      object["temperature"] = .double(request.sampling.temperature)
      object["seed"] = .integer(request.sampling.seed)
      if let grammar = request.grammar { object["grammar"] = .string(grammar) }
      return .object(object)
    case .score(let request):
      var object = request.input.members
      object["continuations"] = .array(request.continuations.map { .string($0) })
      return .object(object)
    case .rolling(let text): return ["text": .string(text)]
    }
  }
}

extension GenerationRequest.Input {
  fileprivate var members: [String: JSONValue] {
    switch self {
    case .text(let text): ["text": .string(text)]
    case .chat(let messages):
      [
        "messages": .array(
          messages.map { ["role": .string($0.role.rawValue), "content": .string($0.content)] })
      ]
    }
  }
}
