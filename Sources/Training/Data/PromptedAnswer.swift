public import MLOpsCore

/// What was asked and one answer to it, as somebody judged it.
public enum PromptedAnswer: Sendable, Hashable {
  /// Text as it is; the text ends after the answer.
  case text(prompt: String, answer: String)
  /// Turns in the model's chat template; of the answer's turns those of the assistant count.
  case turns(prompt: [ChatMessage], answer: [ChatMessage])
}
