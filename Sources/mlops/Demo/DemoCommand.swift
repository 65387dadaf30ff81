import ArgumentParser
import Foundation
import JSON
import Lifecycle
import MLOpsCore

/// `mlops demo`
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Run the whole loop on the sample registry, in a temporary workspace.",
    discussion: """
      A local model is registered, asked, fine-tuned on classroom feedback, evaluated against the \
      one in production, promoted while clients ask it, asked again over HTTP, and rolled back. \
      Every step is a real command, shown as you would type it.
      """)

  @Option(help: "The folder that holds the sample (default: the nearest one upwards).")
  var sample: String?

  @Flag(help: "Keep the temporary workspace.")
  var keep = false

  @Flag(help: "Print one JSON object of figures at the end.")
  var json = false

  func run() async throws {
    let sample = try SampleLocation.find(explicit: sample)
    let workspace = FileManager.default.temporaryDirectory
      .appendingPathComponent("mlops-demo-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: workspace, withIntermediateDirectories: true)
    defer { if !keep { try? FileManager.default.removeItem(at: workspace) } }
    let terminal = Terminal(json: json)
    let runner = DemoRunner(
      executable: try SampleLocation.executable(), sample: sample, workspace: workspace,
      terminal: terminal)
    let figures = try await DemoScript(runner).run()
    if json { terminal.result(figures, text: "") }
    if keep { terminal.note("The workspace is kept: export MLOPS_HOME=\(workspace.path)") }
  }
}

/// Finds the sample's inputs and the program itself.
private enum SampleLocation {
  private static let mark = "registry/models/labeler-base.gguf"

  static func find(explicit: String?) throws -> URL {
    let files = FileManager.default
    if let explicit {
      let folder = URL(fileURLWithPath: explicit)
      guard files.fileExists(atPath: folder.appendingPathComponent(mark).path) else {
        throw DemoError.noSample(startedAt: explicit)
      }
      return folder
    }
    // From here upwards, then from the program upwards: `.build/release/mlops` lies in the project.
    for start in [URL(fileURLWithPath: files.currentDirectoryPath), try executable()] {
      var folder = start
      while folder.path != "/" {
        if files.fileExists(atPath: folder.appendingPathComponent(mark).path) { return folder }
        folder.deleteLastPathComponent()
      }
    }
    throw DemoError.noSample(startedAt: files.currentDirectoryPath)
  }

  static func executable() throws -> URL {
    guard let url = Bundle.main.executableURL else {
      throw DemoError.noSample(startedAt: CommandLine.arguments[0])
    }
    return url.resolvingSymlinksInPath()
  }
}
