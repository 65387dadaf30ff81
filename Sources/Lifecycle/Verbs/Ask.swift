import Deployment
public import JSON
public import MLOpsCore
public import ModelRegistry
public import ModelRuntime

/// Asks a release one question.
public struct Ask: Sendable {
  /// An answer and where it came from.
  public struct Answer: Sendable {
    public let text: String
    /// The digest of the release that answered.
    public let release: String
    /// Where the server listens; nil where the release was loaded in this process.
    public let server: String?
    public let usage: TokenUsage

    /// Keys: `answer`, `release`, `server`, `prompt_tokens`, `completion_tokens`.
    public var document: JSONValue {
      [
        "answer": .string(text), "release": .string(release),
        "server": server.map(JSONValue.string) ?? .null,
        "prompt_tokens": .integer(usage.promptTokens),
        "completion_tokens": .integer(usage.completionTokens),
      ]
    }
  }

  private let workspace: Workspace
  private let registry: Registry

  public init(workspace: Workspace, registry: Registry) {
    self.workspace = workspace
    self.registry = registry
  }

  /// Asks over HTTP where the reference is an environment with a running server; else loads the
  /// release here.
  ///
  /// The question takes the place of the prompt's one field.
  ///
  /// - Parameter onText: gets the answer's pieces as they come.
  /// - Throws: `LifecycleError`, `DeploymentError`, `RuntimeError`, `RegistryError`.
  public func run(
    _ question: String, of reference: String, configuration: RuntimeConfiguration,
    onText: @Sendable (String) -> Void
  ) async throws -> Answer {
    let environment = try environment(reference)
    let release = try ReleaseComposer(registry: registry).candidate(reference, for: environment)
    let files = try ReleaseFiles(release, in: registry)
    let request = try request(question, files)
    if let environment,
      let server = try ServerSeat.occupant(of: environment, inStore: workspace.store)
    {
      let answer = try await ask(ControlClient(server), request)
      onText(answer.text)
      return answer
    }
    let model = try await files.load(configuration)
    var text = ""
    var usage = TokenUsage(promptTokens: 0, completionTokens: 0)
    for try await event in model.stream(request) {
      switch event {
      case .text(let piece):
        text += piece
        onText(piece)
      case .finished(_, let total): usage = total
      }
    }
    await model.shutdown()
    try Task.checkCancellation()
    return Answer(
      text: text, release: release.digest.description, server: nil, usage: usage)
  }

  private func environment(_ reference: String) throws -> EnvironmentName? {
    guard case .environment(let name, back: 0)? = try? Reference(reference) else { return nil }
    return name
  }

  private func request(_ question: String, _ files: ReleaseFiles) throws -> GenerationRequest {
    guard let prompt = files.prompt else {
      return GenerationRequest(
        input: .chat([ChatMessage(role: .user, content: question)]),
        sampling: files.specification.sampling)
    }
    return prompt.request(try prompt.messages(asking: question))
  }

  private func ask(_ client: ControlClient, _ request: GenerationRequest) async throws -> Answer {
    guard case .chat(let messages) = request.input else {
      throw LifecycleError.noPrompt(release: client.server.environment.description)
    }
    let body: JSONValue = [
      "model": .string(client.server.environment.description),
      "messages": .array(
        messages.map {
          ["role": .string($0.role.rawValue), "content": .string($0.content)]
        }),
      "max_tokens": .integer(request.maxTokens),
      "temperature": .double(request.sampling.temperature),
      "seed": .integer(request.sampling.seed),
      "stop": .array(request.stop.prefix(4).map(JSONValue.string)),
    ]
    let (answer, release) = try await client.chat(body)
    guard let text = answer["choices"]?.array?.first?["message"]?["content"]?.string else {
      throw LifecycleError.emptyAnswer(environment: client.server.environment.description)
    }
    let usage = answer["usage"]
    return Answer(
      text: text, release: release?.description ?? "unknown", server: client.server.url,
      usage: TokenUsage(
        promptTokens: usage?["prompt_tokens"]?.int ?? 0,
        completionTokens: usage?["completion_tokens"]?.int ?? 0))
  }
}
