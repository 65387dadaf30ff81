import ArgumentParser
import Deployment
import Foundation
import JSON
import Lifecycle
import Logging
import MLOpsCore
import MLOpsServer
import ModelRegistry

/// `mlops serve`; it handles Ctrl-C by itself (`Main`).
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve what an environment points at, over an OpenAI-compatible HTTP API.",
    discussion: """
      POST /v1/chat/completions (also streaming), GET /v1/models, GET /health. The server follows \
      the environment: 'mlops promote' and 'mlops rollback' swap the release without dropping a \
      request. Ctrl-C finishes the requests in flight first.
      """)

  @Option(help: "The environment to serve.")
  var environment = "production"

  @Option(help: "The address to listen on.")
  var host = "127.0.0.1"

  @Option(help: "The port; 0 takes any free one.")
  var port = 8080

  @Option(help: "Releases that served before to keep in memory, for a quick rollback.")
  var keepPrevious = 1

  @OptionGroup var engine: EngineOptions
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard (0...65535).contains(port) else { throw ValidationError("A port is 0 to 65535.") }
    guard (0...8).contains(keepPrevious) else {
      throw ValidationError("--keep-previous is 0 to 8.")
    }
  }

  func run() async throws {
    let workspace = try global.openWorkspace()
    let registry = try workspace.registry()
    let name = try EnvironmentName(environment)
    guard try registry.currentGeneration(of: name) != nil else {
      throw LifecycleError.nothingToServe(environment: environment)
    }
    let seat = try ServerSeat.take(name, inStore: workspace.store)
    let serving = ReleaseServing(
      workspace: workspace, registry: registry, environment: name,
      configuration: engine.configuration)
    var logger = Logger(label: "mlops.serve") { _ in
      StreamLogHandler.standardError(label: "mlops.serve")
    }
    logger.logLevel = .notice
    let events = ServeLog(logger: logger)
    let follower = GenerationFollower(
      ReleaseSwitch(environment: name, keptPrevious: keepPrevious, loader: serving.loader),
      source: serving.source, report: { events.tell($0) })
    // A release that cannot be loaded at the start is an error of the command, not of a request.
    try await follower.sync()
    let terminal = global.terminal
    try await ServerProcess(
      ServerConfiguration(host: host, port: port), follower: follower, seat: seat, logger: logger
    ).run { record in
      terminal.result(
        [
          "environment": .string(record.environment.description), "url": .string(record.url),
          "pid": .integer(record.process),
        ],
        text: "serving \(record.environment) on \(record.url)  (Ctrl-C ends it)")
    }
  }
}

/// Writes what a follower tells to the log.
private struct ServeLog: Sendable {
  let logger: Logger

  func tell(_ event: GenerationFollower.Event) {
    switch event {
    case .swapped(let generation, let seconds):
      logger.notice(
        "release swapped",
        metadata: [
          "generation": "\(generation.number)", "release": "\(generation.release)",
          "seconds": "\(Quantity.fixed(seconds, decimals: 3))",
        ])
    case .failed(let report, let generation):
      logger.error(
        "release cannot serve",
        metadata: [
          "code": "\(report.code)", "reason": "\(report.message)",
          "generation": "\(generation.map { String($0.number) } ?? "unknown")",
        ])
    }
  }
}
