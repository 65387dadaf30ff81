import Deployment
public import JSON
import MLOpsCore
public import ModelRegistry

/// What every environment points at, and whether a server serves it.
public struct Status: Sendable {
  /// One environment.
  public struct Line: Sendable {
    public let generation: GenerationRecord
    /// Where the server listens; nil where none runs.
    public let server: String?
    /// What the server's `/health` says: `ok`, `degraded` …; nil where none runs or answers.
    public let health: String?
  }

  private let workspace: Workspace
  private let registry: Registry

  public init(workspace: Workspace, registry: Registry) {
    self.workspace = workspace
    self.registry = registry
  }

  /// One line for each environment that has a generation, by name.
  public func lines() async throws -> [Line] {
    var lines: [Line] = []
    for environment in try registry.environments().sorted() {
      guard let generation = try registry.currentGeneration(of: environment) else { continue }
      let server = try ServerSeat.occupant(of: environment, inStore: workspace.store)
      let health = server.map { ControlClient($0, patience: 5) }
      lines.append(
        Line(
          generation: generation, server: server?.url,
          health: try await health?.statusWord()))
    }
    return lines
  }

  /// Keys: `environments` of a generation's document with `server` and `health`.
  public static func document(_ lines: [Line]) -> JSONValue {
    [
      "environments": .array(
        lines.map { line in
          var object = line.generation.document.object ?? [:]
          object["server"] = line.server.map(JSONValue.string) ?? .null
          object["health"] = line.health.map(JSONValue.string) ?? .null
          return .object(object)
        })
    ]
  }
}

extension ControlClient {
  /// What `/health` says in one word; `no answer` where it says nothing.
  func statusWord() async throws -> String {
    let health = try? await health()
    try Task.checkCancellation()
    return health?["status"]?.string ?? "no answer"
  }
}
