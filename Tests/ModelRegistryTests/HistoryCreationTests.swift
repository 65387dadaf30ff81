import Foundation
import SystemPackage
import Testing

@testable import ModelRegistry

@Suite struct HistoryCreationTests {
  /// Each is something that creation makes; a copy that was cut short may lack it.
  @Test(arguments: ["HEAD", "config", "objects", "refs/heads", "refs/tags"])
  func aHalfMadeRepositoryIsSetAsideAndMadeAgain(missing: String) throws {
    let fixture = try HistoryFixture()
    try fixture.open().append([HistoryFixture.event(1)])
    try FileManager.default.removeItem(atPath: fixture.path.appending(missing).string)
    let history = try fixture.open()
    #expect(try history.lastSequence() == 0)
    try history.append([HistoryFixture.event(1)])
    #expect(try fixture.fsck() == "")
    let names = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.string)
    #expect(names.contains { $0.hasPrefix("history.git.broken-") })
  }

  @Test func anEmptyFolderIsReplaced() throws {
    let fixture = try HistoryFixture()
    try FileManager.default.createDirectory(
      atPath: fixture.path.string, withIntermediateDirectories: false)
    #expect(try fixture.open().lastSequence() == 0)
  }

  @Test func whatAKilledCreatorLeftIsSweptAndWhatALivingOneMakesIsNot() throws {
    let fixture = try HistoryFixture()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/true")
    try process.run()
    process.waitUntilExit()
    let dead = "\(fixture.path).new-\(process.processIdentifier)-x"
    let living = "\(fixture.path).new-\(ProcessInfo.processInfo.processIdentifier)-x"
    for folder in [dead, living] {
      try FileManager.default.createDirectory(
        atPath: "\(folder)/refs", withIntermediateDirectories: true)
    }
    _ = try fixture.open()
    #expect(!FileManager.default.fileExists(atPath: dead))
    #expect(FileManager.default.fileExists(atPath: living))
  }

  @Test func manyWhoOpenAtOnceShareOneRepository() async throws {
    let fixture = try HistoryFixture()
    let path = fixture.path
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          let history = try HistoryRepository(openingOrCreatingAt: path)
          for number in 1...20 { try history.append([HistoryFixture.event(Int64(number))]) }
        }
      }
      try await group.waitForAll()
    }
    #expect(try fixture.git("rev-list", "--count", "main") == "20\n")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: fixture.folder.string) == ["history.git"])
    #expect(try fixture.fsck() == "")
  }
}
