import JSON
import MLOpsCore
import Yams

/// How often and how warm answers are written, and what binds them.
struct WrittenAnswers {
  static let keys = ["samples", "temperature", "grammar"]

  let samples: Int
  let temperature: Double
  /// Written in the suite.
  let grammar: SuiteGrammar?

  init(_ members: [String: Node], _ reader: SuiteReader) throws(EvaluationError) {
    samples =
      try members["samples"].map { node throws(EvaluationError) in
        try reader.int(node, "samples", atLeast: 1)
      } ?? 1
    temperature =
      try members["temperature"].map { node throws(EvaluationError) in
        try reader.number(node, "temperature", 0...5)
      } ?? 0
    grammar = try members["grammar"].map { node throws(EvaluationError) in
      try SuiteGrammar(node, reader)
    }
    if samples > 1, temperature == 0, let node = members["samples"] {
      throw reader.error(
        at: node, "\(samples) samples at temperature 0 are all the same: give a temperature above 0"
      )
    }
  }

  var json: [String: JSONValue] {
    var object: [String: JSONValue] = [
      "samples": .integer(samples), "temperature": .double(temperature),
    ]
    if let grammar { object["grammar"] = .string(grammar.text) }
    return object
  }

  /// - Parameter grammar: binds the answer; nil leaves it to the suite's own.
  func request(
    _ one: SuiteCase, _ prompt: CasePrompt, sample: Int, grammar: SuiteGrammar? = nil
  ) throws -> ModelRequest {
    var request = try prompt.generation(one.record, sample: sample)
    request.sampling.temperature = temperature
    request.grammar = (grammar ?? self.grammar)?.text
    return .generate(request)
  }
}
