import Deployment
import HTTPTypes
import Hummingbird
import JSON
import MLOpsCore

/// What `mlops promote`, `rollback` and `status` ask of a running server: only on loopback, and
/// only with the token from the server file.
struct ControlRoutes: Sendable {
  static let prefix = "/control/"

  let configuration: ServerConfiguration
  let follower: GenerationFollower
  let token: String
  let shutdown: @Sendable () async -> Void

  func add(to router: Router<ServerRequestContext>) {
    router.post("/control/prepare") { request, context in
      try check(request, context)
      return try await prepare(request)
    }
    router.post("/control/sync") { request, context in
      try check(request, context)
      return try await sync()
    }
    router.post("/control/shutdown") { request, context in
      try check(request, context)
      // Answered first; the graceful shutdown waits for this very request.
      Task { await shutdown() }
      return Response(["stopping": true])
    }
  }

  private func prepare(_ request: Request) async throws -> Response {
    let fields = try RequestFields(try await request.json(limit: configuration.maxBodyBytes))
    guard let text = try fields.string("release") else {
      throw ServerError.missing(parameter: "release")
    }
    let digest = try Digest(text)
    let clock = ContinuousClock()
    let duration = try await clock.measure { try await follower.releases.prepare(digest) }
    return Response(["prepared": true, "load_ms": .double(duration.milliseconds)])
  }

  private func sync() async throws -> Response {
    let outcome = try await follower.sync()
    return Response([
      "release": outcome.serving.map { .string($0.release.description) } ?? .null,
      "generation": outcome.serving.map { .integer($0.number) } ?? .null,
      "swapped": .bool(outcome.swapped), "swap_ms": .double(outcome.swapSeconds * 1000),
    ])
  }

  private func check(_ request: Request, _ context: ServerRequestContext) throws(ServerError) {
    guard context.isLoopback else { throw .notLoopback }
    guard let header = request.headers[.authorization], Token.matches(header, "Bearer \(token)")
    else { throw .unauthorised }
  }
}

extension Duration {
  /// The whole span in milliseconds.
  var milliseconds: Double {
    Double(components.seconds) * 1e3 + Double(components.attoseconds) * 1e-15
  }
}
