import Foundation
import SystemPackage

@testable import ModelRegistry

/// A temporary folder for one history, and git itself to look at it.
struct HistoryFixture: ~Copyable {
  let folder: FilePath
  var path: FilePath { folder.appending("history.git") }

  init() throws {
    folder = FilePath(NSTemporaryDirectory()).appending("history-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      atPath: folder.string, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder.string) }

  func open() throws -> HistoryRepository { try HistoryRepository(openingOrCreatingAt: path) }

  /// Event N adds version N of one name, sharded as the registry shards.
  static func event(_ number: Int64, name: String = "labeler", message: String? = nil)
    -> HistoryCommit
  {
    HistoryCommit(
      sequence: number,
      files: [
        HistoryFile(
          path: HistoryFixture.versionPath(number, name: name),
          contents: Array("{\"version\": \(number)}\n".utf8))
      ],
      tags: ["\(name)@v\(number)"], author: Author(name: "Ada", email: "ada@example.org"),
      time: Date(timeIntervalSince1970: 1_750_000_000 + Double(number)),
      message: message ?? "Add \(name)@v\(number)")
  }

  static func versionPath(_ number: Int64, name: String = "labeler") -> String {
    "artifacts/\(name)/versions/\(number / 10000 % 100)/\(number / 100 % 100)/v\(number).json"
  }

  /// What `git` prints; fails where git fails.
  func git(_ words: String...) throws -> String {
    let result = try HistoryFixture.run("git", ["-C", path.string] + words)
    guard result.status == 0 else { throw GitFailure(output: result.output) }
    return result.output
  }

  struct GitFailure: Error { let output: String }

  static func run(_ program: String, _ words: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + words
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  /// Nothing damaged or missing; `fsck` names unreachable objects on other lines.
  func fsck() throws -> String {
    try git("fsck", "--full", "--strict", "--no-dangling", "--no-progress")
  }
}
