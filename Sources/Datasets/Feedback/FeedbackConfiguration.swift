/// How feedback rows become training rows; usually read from a prompt file.
public struct FeedbackConfiguration: Sendable, Equatable {
  /// What a training row looks like.
  public enum Shape: String, Sendable {
    /// `{"prompt": …, "completion": …}`
    case promptCompletion = "prompt_completion"
    /// `{"messages": [{"role": "user", …}, {"role": "assistant", …}]}`
    case messages
  }

  /// The prompt, with `{{field}}` where a field of the row goes.
  public var template: String
  /// Put before the user's turn where the shape is `messages`.
  public var system: String?
  /// The field that two rows about the same thing share, such as `problem`.
  public var subject: String
  /// The field with the right answer: text, or an object that becomes a label's text.
  public var corrected: String
  /// The members of a label in the order in which its text has them.
  public var labelKeys: [String]
  public var shape: Shape

  public init(
    template: String, system: String? = nil, subject: String = "problem",
    corrected: String = "corrected", labelKeys: [String], shape: Shape = .promptCompletion
  ) {
    self.template = template
    self.system = system
    self.subject = subject
    self.corrected = corrected
    self.labelKeys = labelKeys
    self.shape = shape
  }
}
