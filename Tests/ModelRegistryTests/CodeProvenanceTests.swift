import Foundation
import JSON
import SystemPackage
import Testing

@testable import ModelRegistry

@Suite struct CodeProvenanceTests {
  /// A code repository with one committed file.
  private struct CodeFixture: ~Copyable {
    let folder: FilePath

    init(committed: Bool = true) throws {
      folder = FilePath(NSTemporaryDirectory()).appending("code-\(UUID().uuidString)")
      try FileManager.default.createDirectory(
        atPath: folder.appending("sub").string, withIntermediateDirectories: true)
      try git("init", "-q", "-b", "trunk")
      try write("tracked.txt", "1")
      try git("add", "tracked.txt")
      if committed { try git("commit", "-q", "-m", "First") }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder.string) }

    func write(_ name: String, _ text: String) throws {
      try text.write(toFile: folder.appending(name).string, atomically: false, encoding: .utf8)
    }

    @discardableResult
    func git(_ words: String...) throws -> String {
      let identity = ["-c", "user.name=x", "-c", "user.email=x@y"]
      let result = try HistoryFixture.run("git", ["-C", folder.string] + identity + words)
      if result.status != 0 { throw HistoryFixture.GitFailure(output: result.output) }
      return result.output
    }
  }

  @Test func aCleanCheckoutIsItsCommitAndBranch() throws {
    let fixture = try CodeFixture()
    let commit = String(try fixture.git("rev-parse", "HEAD").prefix(40))
    let state = try CodeProvenance.inspect(folder: fixture.folder.appending("sub"))
    #expect(state == CodeState(commit: commit, branch: "trunk", isDirty: false, remote: nil))
    #expect(
      state?.json == ["commit": .string(commit), "branch": "trunk", "dirty": false] as JSONValue)
  }

  @Test func aChangedOrStagedFileMakesItDirtyAndAnUntrackedOneDoesNot() throws {
    let fixture = try CodeFixture()
    try fixture.write("untracked.txt", "x")
    #expect(try CodeProvenance.inspect(folder: fixture.folder)?.isDirty == false)
    try fixture.write("tracked.txt", "22")
    #expect(try CodeProvenance.inspect(folder: fixture.folder)?.isDirty == true)
    try fixture.git("add", "tracked.txt")
    #expect(try CodeProvenance.inspect(folder: fixture.folder)?.isDirty == true)
  }

  @Test func aDetachedHeadHasNoBranch() throws {
    let fixture = try CodeFixture()
    try fixture.git("checkout", "-q", "--detach")
    let state = try CodeProvenance.inspect(folder: fixture.folder)
    #expect(state?.branch == nil)
    #expect(state?.commit.count == 40)
  }

  @Test func thereIsNothingOutsideARepositoryOrBeforeTheFirstCommit() throws {
    let fixture = try CodeFixture(committed: false)
    #expect(try CodeProvenance.inspect(folder: fixture.folder) == nil)
    #expect(try CodeProvenance.inspect(folder: "/") == nil)
    #expect(try CodeProvenance.inspect(folder: "/nowhere/at/all") == nil)
  }

  @Test func theRemoteIsRecordedWithoutItsToken() throws {
    let fixture = try CodeFixture()
    try fixture.git("remote", "add", "aaa", "https://example.org/other.git")
    try fixture.git("remote", "add", "origin", "https://user:s3cret@example.org/code.git")
    #expect(
      try CodeProvenance.inspect(folder: fixture.folder)?.remote == "https://example.org/code.git")
  }

  @Test(arguments: [
    ("https://token@host/x", "https://host/x"),
    ("https://u:p@ss@host:8080/x?private_token=1#y", "https://host:8080/x"),
    ("ssh://git:pw@host:22/x.git", "ssh://git@host:22/x.git"),
    ("git@host:group/x.git", "git@host:group/x.git"),
    ("/srv/git/x.git", "/srv/git/x.git"),
    ("https://host/a@b", "https://host/a@b"),
  ])
  func credentialsAreStripped(address: String, expected: String) {
    #expect(CodeProvenance.withoutCredentials(address) == expected)
  }
}
