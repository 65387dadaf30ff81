import JSON
import MLOpsCore

/// How a case becomes what the model reads.
struct CasePrompt {
  /// Decoding included.
  let template: PromptTemplate
  let format: Suite.PromptFormat

  /// - Throws: `PromptError`.
  func input(_ record: JSONValue) throws(PromptError) -> GenerationRequest.Input {
    let messages = try template.messages(for: record)
    return switch format {
    case .chat: .chat(messages)
    case .text: .text(messages.map(\.content).joined(separator: "\n\n"))
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
