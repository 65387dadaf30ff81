import ArgumentParser
import Foundation
import Lifecycle
import MLOpsCore
import ModelRegistry

/// What every command takes.
struct GlobalOptions: ParsableArguments {
  @Flag(help: "Print one documented JSON object instead of tables.")
  var json = false

  @Option(
    name: .customLong("workspace"),
    help: ArgumentHelp(
      "The folder with mlops.yaml (default: MLOPS_HOME, else the nearest one upwards).",
      valueName: "folder"))
  var workspace: String?

  /// The workspace that the command works in.
  func openWorkspace() throws -> Workspace { try Workspace.find(explicit: workspace) }

  /// The registry of the workspace; nil where there is none and none was asked for.
  func registryIfThere() throws -> Registry? { try laterRegistry() }

  /// Opens the registry of the workspace when it is needed, for commands that mostly need none.
  var laterRegistry: @Sendable () throws -> Registry? {
    let workspace = workspace
    return {
      do {
        return try Workspace.find(explicit: workspace).registry()
      } catch LifecycleError.noWorkspace where workspace == nil {
        return nil
      }
    }
  }

  /// Where results, progress and notes go.
  var terminal: Terminal { Terminal(json: json) }
}
