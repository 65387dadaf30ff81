import Deployment
import Foundation
import Hummingbird
import HummingbirdTesting
import JSON
import Logging
import MLOpsCore
import MLOpsServer
import MLOpsTestKit
import Synchronization

/// A scripted model that can serve.
struct ServableScript: ServableModel {
  let script: ScriptedModel

  func stream(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
    script.stream(request)
  }

  func score(context: String, continuations: [String]) async throws -> [ContinuationScore] {
    try await script.score(context: context, continuations: continuations)
  }

  func shutdown() async { await script.shutdown() }
}

/// A server over scripted releases and a registry that is one variable.
final class TestServer: Sendable {
  typealias Script = @Sendable (Digest) -> PreparedRelease

  let configuration: ServerConfiguration
  let follower: GenerationFollower
  private let pointer: Pointer

  /// What the environment points at.
  final class Pointer: Sendable {
    private let value = Mutex<ServedGeneration?>(nil)
    func set(_ generation: ServedGeneration) { value.withLock { $0 = generation } }
    func read() -> ServedGeneration? { value.withLock { $0 } }
  }

  init(
    _ configuration: ServerConfiguration = ServerConfiguration(port: 0),
    keptPrevious: Int = 1, loader: @escaping ReleaseLoader
  ) throws {
    let pointer = Pointer()
    self.configuration = configuration
    self.pointer = pointer
    let releases = ReleaseSwitch(
      environment: try EnvironmentName("production"), keptPrevious: keptPrevious, loader: loader)
    follower = GenerationFollower(
      releases, source: { pointer.read() }, interval: .milliseconds(20))
  }

  /// A server whose only release is one scripted model.
  static func serving(
    _ model: ScriptedModel, prompt: PromptTemplate? = nil, sampling: Sampling = .greedy,
    _ configuration: ServerConfiguration = ServerConfiguration(port: 0)
  ) async throws -> TestServer {
    let server = try TestServer(configuration) { digest in
      PreparedRelease(
        digest: digest, model: ServableScript(script: model), prompt: prompt, sampling: sampling)
    }
    server.point(1, at: TestServer.release)
    try await server.follower.sync()
    return server
  }

  static let release = Digest(of: "a release".utf8)
  static let token = "the token"

  /// Moves the environment's pointer; the server follows when it is told or looks.
  func point(_ number: Int, at release: Digest) {
    pointer.set(ServedGeneration(number: number, release: release))
  }

  var application: some ApplicationProtocol {
    ServerApplication.build(
      configuration, follower: follower, token: TestServer.token, logger: TestServer.logger)
  }

  static let logger: Logger = {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
  }()

  /// Runs a test against the server, in process or over a socket.
  func test<Value>(
    _ setup: TestingSetup, _ body: @Sendable (any TestClientProtocol) async throws -> Value
  ) async throws -> Value {
    try await application.test(setup, body)
  }
}

extension TestClientProtocol {
  /// Posts a body to the chat route.
  func chat(_ body: JSONValue) async throws -> TestResponse {
    try await chat(text: body.canonical)
  }

  func chat(text: String) async throws -> TestResponse {
    try await execute(
      uri: "/v1/chat/completions", method: .post, headers: [.contentType: "application/json"],
      body: ByteBuffer(string: text))
  }
}

extension TestResponse {
  var json: JSONValue { (try? JSONValue(parsing: String(buffer: body))) ?? .null }

  /// The objects of a stream of server-sent events; `[DONE]` becomes `null`.
  var events: [JSONValue] {
    String(buffer: body).components(separatedBy: "\n\n").filter { !$0.isEmpty }.map { frame in
      guard frame.hasPrefix("data: ") else { return "not a data frame" }
      let text = String(frame.dropFirst(6))
      return text == "[DONE]" ? .null : (try? JSONValue(parsing: text)) ?? "not JSON"
    }
  }
}

extension JSONValue {
  static let hello: JSONValue = ["messages": [["role": "user", "content": "hello"]]]

  /// The same object with more members.
  func with(_ members: [String: JSONValue]) -> JSONValue {
    .object((object ?? [:]).merging(members) { _, new in new })
  }

  /// The text of a completion, or the joined text of its chunk.
  var answer: String? { self["choices"]?.array?.first?["message"]?["content"]?.string }
  var delta: JSONValue? { self["choices"]?.array?.first?["delta"] }
  var finishReason: String? { self["choices"]?.array?.first?["finish_reason"]?.string }
}
