import CGit2
import Foundation
import SystemPackage
import Testing

@testable import ModelRegistry

@Suite struct HistoryReferenceTests {
  @Test(arguments: [1, 300]) func everyTagNamesTheCommitOfItsEvent(count: Int64) throws {
    let fixture = try HistoryFixture()
    try fixture.open().append((1...count).map { HistoryFixture.event($0) })
    let tags = try fixture.git("for-each-ref", "--format=%(refname:short) %(subject)", "refs/tags")
    let expected = (1...count).map { "labeler@v\($0) Add labeler@v\($0)" }
    #expect(Set(tags.split(separator: "\n").map(String.init)) == Set(expected))
  }

  /// As a kill between the tags and the branch leaves it.
  @Test(arguments: [2, 300]) func tagsThatPointElsewhereAreCorrected(last: Int64) throws {
    let fixture = try HistoryFixture()
    try fixture.open().append([HistoryFixture.event(1)])
    _ = try fixture.git("tag", "labeler@v2", "main")
    _ = try fixture.git("tag", "labeler@v\(last + 1)", "main")
    try fixture.open().append((2...last).map { HistoryFixture.event($0) })
    #expect(try fixture.git("log", "-1", "--format=%s", "labeler@v2") == "Add labeler@v2\n")
    #expect(
      try fixture.git("log", "-1", "--format=%s", "labeler@v\(last + 1)") == "Add labeler@v1\n")
  }

  @Test(arguments: [
    "a..b@v1", "a.lock", "a.", ".a", "@", "a@{b", "a b", "a~b", "a^b", "a:b", "a?b", "a[b",
    "a\\b", "-a", "a/b", "", "production#12", "labeler@v7", "x.y-z_0", "라벨@v1",
  ])
  func everyTagIsSpelledAsAReferenceThatGitTakes(tag: String) throws {
    let reference = TagName.reference(for: tag)
    var valid: CInt = 0
    Libgit2.start()
    #expect(git_reference_name_is_valid(&valid, reference) == 0)
    #expect(valid == 1, "\(reference)")
    #expect(try HistoryFixture.run("git", ["check-ref-format", reference]).status == 0)
  }

  @Test(arguments: ["production#12", "labeler@v7", "x.y-z_0", "라벨@v1"])
  func anOrdinaryTagIsSpelledAsItIs(tag: String) {
    #expect(TagName.encoded(tag) == tag)
  }

  @Test func locksLeftByAKilledWriterAreRemoved() throws {
    let fixture = try HistoryFixture()
    try fixture.open().append([HistoryFixture.event(1)])
    for name in ["refs/heads/main.lock", "refs/tags/labeler@v2.lock", "packed-refs.lock"] {
      let path = fixture.path.appending(name).string
      #expect(FileManager.default.createFile(atPath: path, contents: nil))
      try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
    }
    try fixture.open().append((2...400).map { HistoryFixture.event($0) })
    #expect(try fixture.open().lastSequence() == 400)
  }

  @Test func aLockOfGitIsWaitedFor() async throws {
    let fixture = try HistoryFixture()
    let history = try fixture.open()
    let lock = fixture.path.appending("refs/heads/main.lock").string
    #expect(FileManager.default.createFile(atPath: lock, contents: nil))
    async let release: Void = {
      try await Task.sleep(for: .milliseconds(300))
      try FileManager.default.removeItem(atPath: lock)
    }()
    try await Task.detached { try history.append([HistoryFixture.event(1)]) }.value
    try await release
    #expect(try history.lastSequence() == 1)
  }

  @Test func packingKeepsEveryReferenceAndObject() throws {
    let fixture = try HistoryFixture()
    let history = try fixture.open()
    for number in 1...30 { try history.append([HistoryFixture.event(Int64(number))]) }
    _ = try fixture.git(
      "-c", "user.name=x", "-c", "user.email=x@y", "tag", "-a", "-m", "by hand", "annotated",
      "labeler@v3")
    let before = try fixture.git("for-each-ref", "--format=%(refname) %(objectname) %(*objectname)")
    let objects = try fixture.git("rev-list", "--objects", "--all").split(separator: "\n").count

    #expect(try history.pack().objects >= objects)
    #expect(
      try fixture.git("for-each-ref", "--format=%(refname) %(objectname) %(*objectname)") == before)
    #expect(
      try fixture.git("rev-list", "--objects", "--all").split(separator: "\n").count == objects)
    #expect(try fixture.git("count-objects").hasPrefix("0 objects"))
    #expect(try fixture.fsck() == "")

    #expect(try history.pack().objects == 0)
    try history.append([HistoryFixture.event(31)])
    #expect(try fixture.fsck() == "")
    #expect(try fixture.git("tag").split(separator: "\n").count == 32)
  }

  @Test func gitsOwnGarbageCollectionIsWelcome() throws {
    let fixture = try HistoryFixture()
    let history = try fixture.open()
    try history.append((1...30).map { HistoryFixture.event($0) })
    _ = try fixture.git("gc", "-q", "--prune=now")
    #expect(try history.lastSequence() == 30)
    try history.append((31...400).map { HistoryFixture.event($0) })
    _ = try fixture.git("gc", "-q", "--prune=now")
    try history.append([HistoryFixture.event(401)])
    #expect(try fixture.git("rev-list", "--count", "main") == "401\n")
    #expect(try fixture.fsck() == "")
  }
}
