public import Foundation
public import JSON
public import MLOpsCore

/// What a running server tells the commands of its own user; lies in `<store>/servers/`, readable
/// by nobody else, since it holds the control token.
public struct ServerRecord: Sendable, Hashable {
  public let environment: EnvironmentName
  /// The process.
  public let process: Int32
  /// When the process began, in the kernel's own count: with it, a reused number is told apart.
  public let processStart: Int64
  public let host: String
  public let port: Int
  /// The secret of the control routes.
  public let token: String
  /// In whole seconds.
  public let startedAt: Date

  public init(
    environment: EnvironmentName, process: Int32, processStart: Int64, host: String, port: Int,
    token: String, startedAt: Date
  ) {
    self.environment = environment
    self.process = process
    self.processStart = processStart
    self.host = host
    self.port = port
    self.token = token
    self.startedAt = Date(
      timeIntervalSinceReferenceDate: startedAt.timeIntervalSinceReferenceDate.rounded(.down))
  }

  /// The file's text: `pid`, `start_time`, `host`, `port`, `token`, `environment`, `started_at`.
  public var json: JSONValue {
    [
      "environment": .string(environment.description), "pid": .integer(process),
      "start_time": .integer(processStart), "host": .string(host), "port": .integer(port),
      "token": .string(token), "started_at": .string(startedAt.formatted(.iso8601)),
    ]
  }

  /// Reads the file's text; nil where something is missing or malformed.
  public init?(json: JSONValue) {
    guard let environment = json["environment"]?.string.flatMap({ try? EnvironmentName($0) }),
      let process = json["pid"]?.int.flatMap({ Int32(exactly: $0) }),
      let start = json["start_time"]?.int, let host = json["host"]?.string,
      let port = json["port"]?.int, (1...65535).contains(port), let token = json["token"]?.string,
      let startedAt = json["started_at"]?.string.flatMap({ try? Date($0, strategy: .iso8601) })
    else { return nil }
    self.init(
      environment: environment, process: process, processStart: Int64(start), host: host,
      port: port, token: token, startedAt: startedAt)
  }

  /// The URL at which the server answers.
  public var url: String {
    host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)"
  }
}
