import ArgumentParser
import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry
import SystemPackage

/// `mlops export`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Lay the files of a version out in a folder.",
    discussion: """
      Files are as they were added, whether the store keeps them compressed or not; they are \
      read-only, since large ones share their bytes with the store. Exit codes: 0 laid out, 1 internal \
      or environmental failure, 64 usage, such as a folder that is not empty.
      """)

  @Argument(help: "A reference.")
  var reference: String

  @Argument(help: "A folder that does not exist yet, or is empty.")
  var folder: String

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let registry = try global.openWorkspace().registry()
    let version = try registry.resolve(try Reference(reference))
    try registry.materialise(version, at: FilePath(folder))
    let terminal = global.terminal
    let files = version.manifest.files
    terminal.result(
      [
        "reference": .string(version.label), "folder": .string(folder),
        "files": .array(files.map { .string($0.path.description) }),
      ],
      text: terminal.table(
        ["PATH", "SIZE>"],
        files.map { ["\(folder)/\($0.path)", Quantity.bytes($0.size)] }))
  }
}
