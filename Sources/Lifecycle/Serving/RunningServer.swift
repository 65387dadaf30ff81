import Foundation
import FoundationNetworking
import JSON
public import MLOpsCore
import ModelRegistry
public import SystemPackage

/// Finds the servers of a store by the files that they leave there.
public struct ServerDirectory: Sendable {
  private let folder: FilePath

  /// The folder `servers` of a store.
  public init(store: FilePath) { folder = store.appending("servers") }

  /// The server of an environment; nil where none is running.
  ///
  /// - Throws: `LifecycleError` with code `lifecycle.server_unreachable` for an unreadable file.
  public func server(of environment: EnvironmentName) throws -> RunningServer? {
    let path = folder.appending("\(environment).json")
    guard let data = FileManager.default.contents(atPath: path.string) else { return nil }
    let json = try? JSONValue(parsing: Array(data))
    guard let json, let pid = json["pid"]?.int, let host = json["host"]?.string,
      let port = json["port"]?.int, let token = json["token"]?.string
    else {
      throw LifecycleError.serverUnreachable(
        environment: environment.description, reason: "its file \(path) is not readable")
    }
    // A killed server leaves its file behind.
    guard kill(pid_t(clamping: pid), 0) == 0 || errno == EPERM else { return nil }
    return RunningServer(environment: environment, host: host, port: port, token: token)
  }
}

/// A server in another process, spoken to over loopback.
public struct RunningServer: Sendable {
  public let environment: EnvironmentName
  public let host: String
  public let port: Int
  private let token: String

  init(environment: EnvironmentName, host: String, port: Int, token: String) {
    self.environment = environment
    self.host = host
    self.port = port
    self.token = token
  }

  /// Where it listens, such as `http://127.0.0.1:8080`.
  public var address: String { "http://\(host):\(port)" }

  /// Loads a release beside the current one, warms it up and answers the canary prompts.
  ///
  /// - Throws: `LifecycleError` with code `lifecycle.server_refused` or
  ///   `lifecycle.server_unreachable`; the old release goes on serving.
  func prepare(_ release: Digest) async throws {
    _ = try await post("/control/prepare", ["release": .string(release.description)])
  }

  /// Makes the server look at the catalog now.
  func sync() async throws { _ = try await post("/control/sync", [:]) }

  /// Asks it to finish its requests and end.
  public func stop() async throws { _ = try await post("/control/shutdown", [:]) }

  /// What `/health` says.
  public func health() async throws -> JSONValue { try await call("GET", "/health", nil).body }

  /// A chat completion.
  ///
  /// - Returns: the body, and the digest of the release that answered.
  public func chat(_ body: JSONValue) async throws -> (body: JSONValue, release: String?) {
    let answer = try await call("POST", "/v1/chat/completions", body)
    return (answer.body, answer.release)
  }

  private func post(_ path: String, _ body: JSONValue) async throws -> JSONValue {
    try await call("POST", path, body).body
  }

  private func call(_ method: String, _ path: String, _ body: JSONValue?) async throws -> (
    body: JSONValue, release: String?
  ) {
    guard let url = URL(string: address + path) else { throw unreachable("bad address \(address)") }
    var request = URLRequest(url: url, timeoutInterval: 600)
    request.httpMethod = method
    request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
    if let body {
      request.httpBody = Data(body.canonicalBytes)
      request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    }
    let data: Data
    let response: URLResponse
    do {
      (data, response) = try await URLSession.shared.data(for: request)
    } catch {
      throw unreachable("\(error.localizedDescription) (\(address))")
    }
    let answer = (try? JSONValue(parsing: Array(data))) ?? .null
    guard let http = response as? HTTPURLResponse else { throw unreachable("no HTTP answer") }
    guard (200..<300).contains(http.statusCode) else {
      throw LifecycleError.serverRefused(
        environment: environment.description,
        reason: answer["error"]?["message"]?.string ?? "status \(http.statusCode)")
    }
    return (answer, http.value(forHTTPHeaderField: "x-mlops-release"))
  }

  private func unreachable(_ reason: String) -> LifecycleError {
    .serverUnreachable(environment: environment.description, reason: reason)
  }
}
