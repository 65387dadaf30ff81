import JSON
import MLOpsCore
import Yams

/// How often and how warm answers are written.
struct WrittenAnswers {
  let samples: Int
  let temperature: Double

  init(_ members: [String: Node], _ reader: SuiteReader) throws(EvaluationError) {
    samples =
      try members["samples"].map { node throws(EvaluationError) in
        try reader.int(node, "samples", atLeast: 1)
      } ?? 1
    temperature =
      try members["temperature"].map { node throws(EvaluationError) in
        try reader.number(node, "temperature", 0...5)
      } ?? 0
    if samples > 1, temperature == 0, let node = members["samples"] {
      throw reader.error(
        at: node, "\(samples) samples at temperature 0 are all the same: give a temperature above 0"
      )
    }
  }

  var json: JSONValue { ["samples": .integer(samples), "temperature": .double(temperature)] }

  func request(_ one: SuiteCase, _ prompt: CasePrompt, sample: Int) throws -> ModelRequest {
    var request = try prompt.generation(one.record, sample: sample)
    request.sampling.temperature = temperature
    return .generate(request)
  }
}
