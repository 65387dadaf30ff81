import ArgumentParser
import Foundation
import JSON
import Lifecycle
import ModelRegistry
import SystemPackage

/// `mlops init`
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make a folder a workspace with an empty registry.")

  @Argument(help: "The folder (default: this one).")
  var folder = "."

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let root = FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(folder))
    let workspace = try Workspace.create(at: root.lexicallyNormalized(), author: .current())
    global.terminal.result(
      [
        "workspace": .string(workspace.root.string), "store": .string(workspace.store.string),
      ],
      text: """
        An empty registry is ready in \(workspace.store).
        Next: mlops add <file or folder> --name <name>
        """)
  }
}
