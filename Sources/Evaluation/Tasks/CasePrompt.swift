import JSON
import MLOpsCore

/// How a case becomes what the model reads.
struct CasePrompt {
  /// Decoding included.
  let template: PromptTemplate
  let format: Suite.PromptFormat
  /// What stands before the question, in order.
  var examples: [Example] = []
  /// Between examples, and before the question; of texts only.
  var between = ""
  /// Between an example's question and its answer; of texts only.
  var separator = ""

  /// A question with its right answer.
  struct Example {
    let question: String
    let answer: String
  }

  /// - Throws: `PromptError`.
  func input(_ record: JSONValue) throws(PromptError) -> GenerationRequest.Input {
    switch format {
    case .chat:
      var template = template
      template.examples += examples.flatMap {
        [
          ChatMessage(role: .user, content: $0.question),
          ChatMessage(role: .assistant, content: $0.answer),
        ]
      }
      return .chat(try template.messages(for: record))
    case .text:
      let question = try template.messages(for: record).map(\.content)
        .joined(separator: "\n\n")
      let before = examples.map { $0.question + separator + $0.answer + between }
      return .text(before.joined() + question)
    }
  }

  /// A request to write an answer.
  ///
  /// - Parameter sample: answers of the same case have seeds one after the other.
  /// - Throws: `PromptError`.
  func generation(_ record: JSONValue, sample: Int = 0) throws(PromptError) -> GenerationRequest {
    var sampling = template.sampling
    sampling.seed &+= UInt32(truncatingIfNeeded: sample)
    return GenerationRequest(
      input: try input(record), maxTokens: template.maxTokens, sampling: sampling,
      stop: template.stop)
  }
}
