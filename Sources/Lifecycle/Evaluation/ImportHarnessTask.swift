public import Evaluation
import Foundation
public import JSON
import MLOpsCore
import SystemPackage

/// Makes a suite of a task file of EleutherAI's lm-evaluation-harness: a folder with `suite.yaml` and
/// `cases.ndjson`.
public struct ImportHarnessTask: Sendable {
  /// What was asked for.
  public struct Request: Sendable {
    /// The task file.
    public var task: String
    /// The folder to make; may be there if it is empty.
    public var folder: String
    /// Files of rows by split, in place of what the task names.
    public var data: [String: [String]] = [:]
    public var options = HarnessImport.Options()

    public init(task: String, folder: String) {
      (self.task, self.folder) = (task, folder)
    }
  }

  /// What was made.
  public struct Outcome: Sendable {
    public let suite: ImportedSuite
    /// As it was named.
    public let folder: String

    /// Keys: `name`, `folder`, `suite` (the file), `cases` and `examples` (counts), `notes` (texts).
    public var document: JSONValue {
      [
        "name": .string(suite.name), "folder": .string(folder),
        "suite": .string("\(folder)/\(ImportHarnessTask.suiteFile)"),
        "cases": .integer(suite.cases.count), "examples": .integer(suite.examples),
        "notes": .array(suite.notes.map { .string($0) }),
      ]
    }
  }

  /// The file that is a suite.
  public static let suiteFile = "suite.yaml"
  private static let casesFile = "cases.ndjson"

  public init() {}

  /// - Throws: `evaluation.invalid_suite` for what cannot be imported, with its place;
  ///   `lifecycle.target_exists`, `lifecycle.no_such_path`, `DatasetsError` for rows that cannot be
  ///   read.
  public func run(_ request: Request) throws -> Outcome {
    let target = FilePath(request.folder).absolute(from: FileManager.default.currentDirectoryPath)
    if FileManager.default.fileExists(atPath: target.string) {
      let content = try? FileManager.default.contentsOfDirectory(atPath: target.string)
      guard content?.isEmpty == true else { throw LifecycleError.targetExists(request.folder) }
    }
    guard FileManager.default.fileExists(atPath: request.task) else {
      throw LifecycleError.noSuchPath(request.task)
    }
    let task = try HarnessImport(
      file: request.task, read: ImportHarnessTask.text,
      resolve: { name, file in HarnessRows.path(name, beside: file) })
    let rows = HarnessRows(task: request.task, data: task.data, given: request.data)
    let suite = try task.suite(request.options) { split in try rows.rows(of: split) }
    try write(suite, to: target)
    return Outcome(suite: suite, folder: request.folder)
  }

  private static func text(_ path: String) throws(EvaluationError) -> String {
    let longest = 4 << 20
    guard let bytes = FileManager.default.contents(atPath: path), bytes.count <= longest,
      let text = String(data: bytes, encoding: .utf8)
    else {
      throw .invalidSuite(
        file: path, line: nil, column: nil,
        reason: "the file cannot be read as UTF-8 text of at most \(longest >> 20) MiB")
    }
    return text
  }

  /// Both files appear at once.
  private func write(_ suite: ImportedSuite, to target: FilePath) throws {
    let passing = PassingFolder(beside: target)
    do {
      try FileManager.default.createDirectory(
        atPath: passing.path.string, withIntermediateDirectories: true)
      var lines = Data()
      for one in suite.cases { lines.append(contentsOf: one.canonicalBytes + [0x0A]) }
      try lines.write(
        to: URL(fileURLWithPath: passing.path.appending(ImportHarnessTask.casesFile).string))
      try Data(suite.yaml.utf8).write(
        to: URL(fileURLWithPath: passing.path.appending(ImportHarnessTask.suiteFile).string))
    } catch {
      throw LifecycleError.unsafePath(
        target.string, reason: "it cannot be written: \(SystemReason.of(error))")
    }
    try WholeCopy.move(passing.path, to: target)
  }
}
