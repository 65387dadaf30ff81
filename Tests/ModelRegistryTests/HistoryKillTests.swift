import Foundation
import SystemPackage
import Testing

@testable import ModelRegistry

/// Kills a process that writes events, at moments that nobody chose; `Tests/Crash` chooses them all.
@Suite struct HistoryKillTests {
  static let stress = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("RegistryStress")
  static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: stress.path) }

  @Test(
    .enabled(if: isBuilt, "the helper RegistryStress is not beside the tests"),
    arguments: [20, 60, 150, 400, 900])
  func aKilledWriterLeavesAHistoryThatIsWholeAndIsCompleted(milliseconds: Int) async throws {
    let fixture = try HistoryFixture()
    let store = fixture.folder.appending("store")
    try HistoryKillTests.must("create", store.string)
    let writer = Process()
    writer.executableURL = HistoryKillTests.stress
    writer.arguments = ["add-many", store.string, "labeler", "1000", "1"]
    try writer.run()
    try await Task.sleep(for: .milliseconds(milliseconds))
    kill(writer.processIdentifier, SIGKILL)
    writer.waitUntilExit()

    let history = store.appending("history.git").string
    if FileManager.default.fileExists(atPath: history) {
      let fsck = try HistoryFixture.run(
        "git", ["--git-dir", history, "fsck", "--full", "--strict", "--no-dangling"])
      #expect(fsck.status == 0, "\(fsck.output)")
    }
    try HistoryKillTests.must("add-many", store.string, "labeler", "3", "2")
    try HistoryKillTests.must("check", store.string)
    let registry = try Registry.open(at: store, author: Author(name: "x", email: "y"))
    let events = try registry.events(limit: 10_000)
    let log = try HistoryFixture.run(
      "git",
      ["--git-dir", history, "log", "--format=%(trailers:key=Event,valueonly,separator=%x2C)"])
    #expect(
      log.output.split(separator: "\n").map(String.init) == events.map { "\($0.sequence)" })
  }

  private static func must(_ words: String...) throws {
    let result = try HistoryFixture.run(stress.path, words)
    if result.status != 0 { throw HistoryFixture.GitFailure(output: result.output) }
  }

  private static let matrix = FilePath(#filePath).removingLastComponent().removingLastComponent()
    .appending("Crash/run").string

  private static var hasStrace: Bool {
    (try? HistoryFixture.run("strace", ["-V"]).status) == 0
  }

  @Test(
    .enabled(if: isBuilt && hasStrace, "the helper RegistryStress or strace is not there"))
  func aSampleOfTheCrashMatrixHolds() throws {
    let result = try HistoryFixture.run(
      HistoryKillTests.matrix, ["--short", "--binary", HistoryKillTests.stress.path])
    #expect(result.status == 0, "\(result.output)")
  }
}
