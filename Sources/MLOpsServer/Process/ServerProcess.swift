public import Deployment
import Foundation
import Hummingbird
public import Logging
import MLOpsCore
import ServiceLifecycle
import Synchronization
import UnixSignals

/// A server from its start to its last request: what `mlops serve` runs.
public struct ServerProcess: Sendable {
  private let configuration: ServerConfiguration
  private let follower: GenerationFollower
  private let seat: ServerSeat
  private let logger: Logger

  /// - Parameter seat: the environment's place in the store, held until the server has ended.
  public init(
    _ configuration: ServerConfiguration, follower: GenerationFollower, seat: ServerSeat,
    logger: Logger
  ) {
    self.configuration = configuration
    self.follower = follower
    self.seat = seat
    self.logger = logger
  }

  /// Serves until SIGINT, SIGTERM or a control request; then finishes the requests in flight (for
  /// at most 30 seconds) and frees the models.
  ///
  /// - Parameter onRunning: is told where the server listens, once it does and can be found.
  public func run(onRunning: @escaping @Sendable (ServerRecord) -> Void = { _ in }) async throws {
    let token = Token.make()
    let stop = Mutex<ServiceGroup?>(nil)
    let publishing = Mutex<(any Error)?>(nil)
    let isListening = Mutex(false)
    let shutdown: @Sendable () async -> Void = {
      await stop.withLock { $0 }?.triggerGracefulShutdown()
    }
    let application = ServerApplication.build(
      configuration, follower: follower, token: token, logger: logger,
      onRunning: { port in
        isListening.withLock { $0 = true }
        let record = record(port: port, token: token)
        do {
          try seat.publish(record)
          onRunning(record)
        } catch {
          // Commands could not find the server: better none than one that nobody can promote to.
          publishing.withLock { $0 = error }
          await shutdown()
        }
      }, shutdown: shutdown)
    // Ended in reverse order: first the requests, then the follower.
    var group = ServiceGroupConfiguration(
      services: [FollowerService(follower: follower), application],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    group.maximumGracefulShutdownDuration = .seconds(30)
    let services = ServiceGroup(configuration: group)
    stop.withLock { $0 = services }
    do {
      try await services.run()
      await end()
    } catch {
      await end()
      guard isListening.withLock({ $0 }) || error is any Failure || error is CancellationError
      else {
        throw ServerError.cannotListen(
          host: configuration.host, port: configuration.port, reason: "\(error)")
      }
      throw error
    }
    if let error = publishing.withLock({ $0 }) { throw error }
  }

  private func end() async {
    seat.withdraw()
    await follower.releases.close()
  }

  private func record(port: Int, token: String) -> ServerRecord {
    let process = ProcessInfo.processInfo.processIdentifier
    return ServerRecord(
      environment: follower.releases.environment, process: process,
      processStart: ProcessStart.of(process), host: configuration.host, port: port, token: token,
      startedAt: Date())
  }
}
