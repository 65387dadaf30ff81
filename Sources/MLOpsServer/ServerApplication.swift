public import Deployment
import HTTPTypes
public import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore

/// Puts the routes together.
public enum ServerApplication {
  /// The HTTP application over a follower and its releases; it listens once it is run.
  ///
  /// - Parameters:
  ///   - token: the secret of the control routes.
  ///   - onRunning: is told the port, once the server listens.
  ///   - shutdown: is called when a control request asks for the end.
  public static func build(
    _ configuration: ServerConfiguration, follower: GenerationFollower, token: String,
    logger: Logger, onRunning: @escaping @Sendable (Int) async -> Void = { _ in },
    shutdown: @escaping @Sendable () async -> Void = {}
  ) -> some ApplicationProtocol {
    let connections = ConnectionTable()
    return Application(
      router: router(configuration, follower, token, connections, shutdown),
      server: .http1(
        configuration: HTTP1Channel.Configuration(
          additionalChannelHandlers: [connections.makeHandler()],
          idleTimeout: TimeAmount(configuration.idleTimeout))),
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: configuration.port)),
      onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? 0) },
      logger: logger)
  }

  private static func router(
    _ configuration: ServerConfiguration, _ follower: GenerationFollower, _ token: String,
    _ connections: ConnectionTable, _ shutdown: @escaping @Sendable () async -> Void
  ) -> Router<ServerRequestContext> {
    let releases = follower.releases
    // HEAD is answered as GET is, without the body.
    let router = Router(
      context: ServerRequestContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: AnswerEverything(releases: releases))
    ChatCompletionsRoute(
      configuration: configuration, releases: releases,
      gate: AdmissionGate(limit: configuration.maxInFlight), connections: connections
    ).add(to: router)
    ModelsRoute(configuration: configuration, releases: releases).add(to: router)
    HealthRoute(follower: follower).add(to: router)
    ControlRoutes(
      configuration: configuration, follower: follower, token: token, shutdown: shutdown
    ).add(to: router)
    refuseOtherMethods(router)
    return router
  }

  /// An address that is known answers 405 to the methods it does not take, with those it does.
  private static func refuseOtherMethods(_ router: Router<ServerRequestContext>) {
    // Not HEAD: an answer to it may have no body, so a 404 without one is what it gets.
    let methods: [HTTPRequest.Method] = [.get, .post, .put, .patch, .delete, .options]
    for (path, routes) in Dictionary(grouping: router.routes, by: \.path.description) {
      let allowed = Set(routes.map(\.method)).subtracting([.head])
      for method in methods where !allowed.contains(method) {
        router.on(RouterPath(path), method: method) { request, _ -> Response in
          throw ServerError.methodNotAllowed(
            method: request.method.rawValue, allowed: allowed.map(\.rawValue).sorted())
        }
      }
    }
  }
}
