public import JSON
public import MLOpsCore

/// Talks to a running server's control routes.
public struct ControlClient: Sendable {
  public let server: ServerRecord
  /// The longest that a load may take, in seconds.
  public var patience: Int

  public init(_ server: ServerRecord, patience: Int = 600) {
    self.server = server
    self.patience = patience
  }

  /// Has a release loaded beside the one that serves.
  ///
  /// - Returns: the milliseconds that it took.
  /// - Throws: `ServingError` with code `deployment.refused` or `deployment.no_answer`.
  public func prepare(_ release: Digest) async throws -> Double {
    let answer = try await post(
      "/control/prepare", ["release": .string(release.description)])
    return answer["load_ms"]?.double ?? 0
  }

  /// Has the server look at the registry now.
  ///
  /// - Returns: what serves then, and the milliseconds that the swap took.
  /// - Throws: `ServingError` with code `deployment.refused` or `deployment.no_answer`.
  public func sync() async throws -> (serving: ServedGeneration?, swapMilliseconds: Double) {
    let answer = try await post("/control/sync", [:])
    var serving: ServedGeneration?
    if let release = answer["release"]?.string.flatMap({ try? Digest($0) }),
      let number = answer["generation"]?.int
    {
      serving = ServedGeneration(number: number, release: release)
    }
    return (serving, answer["swap_ms"]?.double ?? 0)
  }

  /// Has the server finish its requests and end.
  ///
  /// - Throws: `ServingError` with code `deployment.refused` or `deployment.no_answer`.
  public func shutdown() async throws { _ = try await post("/control/shutdown", [:]) }

  /// What `GET /health` says.
  ///
  /// - Throws: `ServingError` with code `deployment.no_answer`.
  public func health() async throws -> JSONValue {
    try await exchange("GET", "/health", body: nil).json
  }

  /// A chat completion, as `POST /v1/chat/completions` takes and gives it.
  ///
  /// - Returns: the answer's object, and the digest of the release that answered.
  /// - Throws: `ServingError` with code `deployment.refused` or `deployment.no_answer`.
  public func chat(_ body: JSONValue) async throws -> (answer: JSONValue, release: Digest?) {
    let reply = try await exchange("POST", "/v1/chat/completions", body: body)
    let release = reply["x-mlops-release"].flatMap { try? Digest($0) }
    return (try accepted(reply), release)
  }

  private func post(_ path: String, _ body: JSONValue) async throws -> JSONValue {
    try accepted(try await exchange("POST", path, body: body))
  }

  private func accepted(_ reply: PlainAnswer) throws(ServingError) -> JSONValue {
    let json = reply.json
    guard reply.status == 200 else {
      throw .refused(
        code: json["error"]?["code"]?.string ?? "http_\(reply.status)",
        reason: json["error"]?["message"]?.string ?? "status \(reply.status)")
    }
    return json
  }

  private func exchange(_ method: String, _ path: String, body: JSONValue?) async throws
    -> PlainAnswer
  {
    let text = body?.canonical ?? ""
    let request =
      "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
      + "Authorization: Bearer \(server.token)\r\nContent-Type: application/json\r\n"
      + "Content-Length: \(text.utf8.count)\r\n\r\n\(text)"
    let bytes = try await LoopbackSocket(host: server.host, port: server.port, patience: patience)
      .exchange(Array(request.utf8))
    guard let reply = PlainAnswer(bytes) else {
      throw ServingError.noAnswer(server.url, reason: "it did not speak HTTP")
    }
    return reply
  }
}
