import Foundation
import JSON
import Testing

extension Program {
  /// A workspace with a tiny base, and a dataset of some rows.
  ///
  /// - Parameter lines: rows of NDJSON.
  static func withTinyBase(
    data name: String, _ lines: [String], _ body: (Program) throws -> Void
  ) throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("init").code == 0)
    let base = project.appendingPathComponent("Tests/TrainingTests/Fixtures/tiny-llama.gguf")
    #expect(try program.run("add", base.path, "--name", "base").code == 0)
    try program.add(lines, as: name)
    try body(program)
  }

  /// A workspace with a tiny base, and a dataset `d` of questions with their answers.
  static func withQuestions(_ count: Int = 40, _ body: (Program) throws -> Void) throws {
    try withTinyBase(data: "d", questions(0..<count), body)
  }

  /// Questions with their answers, one a line.
  static func questions(_ numbers: Range<Int>) -> [String] {
    numbers.map {
      "{\"prompt\":\"row \($0)\",\"completion\":\" \($0 % 2 == 0 ? "even" : "odd")\"}"
    }
  }

  /// Registers rows as a dataset.
  func add(_ lines: [String], as name: String) throws {
    try write(lines.map { "\($0)\n" }.joined(), to: "\(name).ndjson")
    #expect(try run("add", "\(name).ndjson", "--name", name).code == 0)
  }

  /// Starts `mlops` in the background; gives the process and the file that its output goes to.
  func start(_ arguments: [String]) throws -> (Process, URL) {
    let output = folder.appendingPathComponent("events-\(UUID().uuidString)")
    try Data().write(to: output)
    return (try start(arguments, output: FileHandle(forWritingTo: output)), output)
  }

  /// Starts `mlops` in the background.
  ///
  /// - Parameter output: a `FileHandle` or a `Pipe`.
  func start(_ arguments: [String], output: Any) throws -> Process {
    let process = Process()
    process.executableURL = Program.executable
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment
      .merging(["MLOPS_AUTHOR": "Test <test@example.org>", "MLOPS_HOME": folder.path]) { $1 }
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  /// Waits until a training with `--json` has done so many steps, or has ended.
  func waitForStep(_ step: Int, _ process: Process, _ output: URL) throws {
    while process.isRunning {
      let text = try String(contentsOf: output, encoding: .utf8)
      let steps = text.split(separator: "\n").compactMap {
        try? JSONValue(parsing: String($0))
      }.filter { $0["event"] == "step" }.compactMap { $0["step"]?.int }
      if steps.last ?? 0 >= step { return }
      usleep(5_000)
    }
  }

  /// What a training in the background printed.
  func events(_ output: URL) throws -> [JSONValue] {
    try String(contentsOf: output, encoding: .utf8).split(separator: "\n")
      .map { try JSONValue(parsing: String($0)) }
  }
}
