import Foundation
public import JSON
public import MLOpsCore
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
      let server = try ServerDirectory(store: workspace.store).server(of: environment)
      let health = try? await server?.health()
      lines.append(
        Line(
          generation: generation, server: server?.address,
          health: server == nil ? nil : health?["status"]?.string ?? "no answer"))
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
