import Foundation
import JSON
import Testing

/// The built `mlops`, run as users run it.
struct Program {
  /// What a command came to.
  struct Outcome {
    let code: Int32
    let output: String
    let errors: String

    /// The object on stdout.
    var json: JSONValue { get throws { try JSONValue(parsing: output) } }

    /// The objects on stdout, one a line.
    var events: [JSONValue] {
      get throws { try output.split(separator: "\n").map { try JSONValue(parsing: String($0)) } }
    }

    /// The last of them.
    var lastEvent: JSONValue { get throws { try #require(try events.last) } }
  }

  /// The program lies beside the test bundle.
  static let executable: URL = {
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    while folder.path != "/" {
      let candidate = folder.appendingPathComponent("mlops")
      if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
      folder.deleteLastPathComponent()
    }
    return URL(fileURLWithPath: "mlops")
  }()

  /// The project's folder, which holds the sample.
  static let project = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// A fresh folder that commands run in; `remove` it afterwards.
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("mlops-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  /// Writes a file into the folder.
  @discardableResult
  func write(_ text: String, to name: String) throws -> URL {
    let url = folder.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
    return url
  }

  /// Registers the sample's base model; gives the digits of its file's digest.
  @discardableResult
  func addModel(as name: String) throws -> String {
    let path = Program.project.appendingPathComponent("registry/models/labeler-base.gguf").path
    let added = try run("add", path, "--name", name, "--json").json
    return String(try #require(added["files"]?.array?.first?["digest"]?.string).dropFirst(7))
  }

  /// Runs `mlops` with arguments in the folder.
  @discardableResult
  func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
    try run(arguments, environment: environment)
  }

  /// Runs `mlops` with arguments in the folder.
  @discardableResult
  func run(
    executable: URL = Program.executable, _ arguments: [String],
    environment: [String: String] = [:]
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment
      .merging(["MLOPS_AUTHOR": "Test <test@example.org>", "MLOPS_HOME": folder.path]) { $1 }
      .merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    let output = folder.appendingPathComponent(".stdout-\(UUID().uuidString)")
    let errors = folder.appendingPathComponent(".stderr-\(UUID().uuidString)")
    for url in [output, errors] { try Data().write(to: url) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    defer { for url in [output, errors] { try? FileManager.default.removeItem(at: url) } }
    return Outcome(
      code: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8))
  }
}
