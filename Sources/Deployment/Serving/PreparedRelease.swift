public import MLOpsCore

/// A release that is loaded, but does not serve yet.
public struct PreparedRelease: Sendable {
  /// The release's digest.
  public let digest: Digest
  /// The model with its adapter.
  public let model: any ServableModel
  /// The prompt; its system turn goes before a conversation that brings none.
  public let prompt: PromptTemplate?
  /// How tokens are chosen where a request does not say.
  public let sampling: Sampling
  /// Asked before the release may serve; all have to be answered.
  public let canaries: [Canary]

  public init(
    digest: Digest, model: any ServableModel, prompt: PromptTemplate? = nil,
    sampling: Sampling = .greedy, canaries: [Canary] = []
  ) {
    self.digest = digest
    self.model = model
    self.prompt = prompt
    self.sampling = sampling
    self.canaries = canaries
  }
}

/// A question that a release has to answer before it may serve.
public struct Canary: Sendable, Hashable {
  /// What is asked.
  public var request: GenerationRequest
  /// Has to occur in the answer; any answer will do where nil.
  public var expected: String?

  public init(request: GenerationRequest, expected: String? = nil) {
    self.request = request
    self.expected = expected
  }
}

extension PreparedRelease {
  /// Generates a first token, so that the first user does not pay for cold memory, and asks the
  /// canaries in order.
  ///
  /// - Throws: `ServingError` with code `deployment.canary_failed`, or what the model throws.
  func rehearse() async throws {
    let first = GenerationRequest(
      input: .chat([ChatMessage(role: .user, content: "1")]), maxTokens: 1)
    _ = try await model.generate(first)
    for (index, canary) in canaries.enumerated() {
      let answer = try await model.generate(canary.request).text
      let isAnswered = canary.expected.map { answer.contains($0) } ?? !answer.isEmpty
      guard isAnswered else {
        throw ServingError.canaryFailed(
          release: digest, canary: index + 1, expected: canary.expected, found: answer)
      }
    }
  }
}
