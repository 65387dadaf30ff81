public import MLOpsCore

/// The release that answers new requests: immutable, so that a request that took it keeps the very
/// model, prompt and sampling it began with, whatever is promoted meanwhile.
public final class LiveRelease: Sendable {
  public let environment: EnvironmentName
  /// The generation by which the release came to serve.
  public let generation: Int
  let resident: ResidentRelease

  init(environment: EnvironmentName, generation: Int, resident: ResidentRelease) {
    self.environment = environment
    self.generation = generation
    self.resident = resident
  }

  /// The digest of the release.
  public var digest: Digest { resident.prepared.digest }
  public var model: any LanguageModel { resident.prepared.model }
  public var prompt: PromptTemplate? { resident.prepared.prompt }
  /// How tokens are chosen where a request does not say.
  public var sampling: Sampling { resident.prepared.sampling }

  /// The conversation as the model gets it: the release's system turn goes first where the caller
  /// brings none.
  public func conversation(_ messages: [ChatMessage]) -> [ChatMessage] {
    guard let system = prompt?.system, !messages.contains(where: { $0.role == .system }) else {
      return messages
    }
    return [ChatMessage(role: .system, content: system)] + messages
  }
}
