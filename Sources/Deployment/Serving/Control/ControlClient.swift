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

  private func post(_ path: String, _ body: JSONValue) async throws -> JSONValue {
    let answer = try await exchange("POST", path, body: body)
    guard answer.status == 200 else {
      let error = answer.json["error"]
      throw ServingError.refused(
        code: error?["code"]?.string ?? "http_\(answer.status)",
        reason: error?["message"]?.string ?? "status \(answer.status)")
    }
    return answer.json
  }

  private func exchange(_ method: String, _ path: String, body: JSONValue?) async throws
    -> (status: Int, json: JSONValue)
  {
    let text = body?.canonical ?? ""
    let request =
      "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
      + "Authorization: Bearer \(server.token)\r\nContent-Type: application/json\r\n"
      + "Content-Length: \(text.utf8.count)\r\n\r\n\(text)"
    let answer = try await LoopbackSocket(host: server.host, port: server.port, patience: patience)
      .exchange(Array(request.utf8))
    guard let reply = PlainAnswer(answer) else {
      throw ServingError.noAnswer(server.url, reason: "it did not speak HTTP")
    }
    return (reply.status, (try? JSONValue(parsing: reply.body)) ?? .null)
  }
}

/// An HTTP/1.1 answer whose body ends with the connection.
struct PlainAnswer {
  let status: Int
  let body: [UInt8]

  init?(_ bytes: [UInt8]) {
    guard let head = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let line = bytes[..<head.lowerBound].prefix { $0 != 0x0D }
    let words = line.split(separator: 0x20)
    guard words.count >= 2, words[0].starts(with: "HTTP/1.".utf8),
      let status = Int(String(decoding: words[1], as: UTF8.self))
    else { return nil }
    self.status = status
    body = Array(bytes[head.upperBound...])
  }
}
