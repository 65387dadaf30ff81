import Foundation
import SystemPackage
import Testing

@testable import ModelRegistry

@Suite struct HistoryRepositoryTests {
  @Test func anEmptyHistoryHasNoEventAndSatisfiesGit() throws {
    let fixture = try HistoryFixture()
    let history = try fixture.open()
    #expect(try history.lastSequence() == 0)
    try history.append([])
    #expect(try history.lastSequence() == 0)
    #expect(
      try fixture.fsck()
        == "notice: HEAD points to an unborn branch (main)\nnotice: No default references\n")
  }

  @Test(arguments: [1, 2, 5, 300])
  func theHistoryOfEventsIsWhatWasAppended(count: Int64) throws {
    let fixture = try HistoryFixture()
    let history = try fixture.open()
    try history.append((1...count).map { HistoryFixture.event($0) })
    #expect(try history.lastSequence() == count)

    let log = try fixture.git(
      "log", "--reverse", "--format=%an <%ae> %at %s|%(trailers:key=Event,valueonly,separator=%x2C)"
    )
    let expected = (1...count).map {
      "Ada <ada@example.org> \(1_750_000_000 + $0) Add labeler@v\($0)|\($0)\n"
    }
    #expect(log == expected.joined())

    let files = try fixture.git("ls-tree", "-r", "--name-only", "main")
    #expect(
      Set(files.split(separator: "\n").map(String.init))
        == Set((1...count).map { HistoryFixture.versionPath($0) }))
    #expect(
      try fixture.git("show", "main:\(HistoryFixture.versionPath(count))")
        == "{\"version\": \(count)}\n")
    #expect(try fixture.fsck() == "")
  }

  @Test func appendingTwiceChangesNothing() throws {
    let fixture = try HistoryFixture()
    let events = (1...3).map { HistoryFixture.event(Int64($0)) }
    try fixture.open().append(events)
    let before = try fixture.git("for-each-ref")
    let objects = try fixture.git("count-objects")
    try fixture.open().append(events)
    #expect(try fixture.git("for-each-ref") == before)
    #expect(try fixture.git("count-objects") == objects)
  }

  @Test func onlyTheMissingEventsAreAppended() throws {
    let fixture = try HistoryFixture()
    try fixture.open().append((1...3).map { HistoryFixture.event($0) })
    try fixture.open().append((2...5).map { HistoryFixture.event($0) })
    #expect(try fixture.git("rev-list", "--count", "main") == "5\n")
    #expect(try fixture.open().lastSequence() == 5)
  }

  @Test func anOpenHistorySeesWhatAnotherAppended() throws {
    let fixture = try HistoryFixture()
    let first = try fixture.open()
    let second = try fixture.open()
    try second.append([HistoryFixture.event(1)])
    #expect(try first.lastSequence() == 1)
    try first.append((1...2).map { HistoryFixture.event($0) })
    #expect(try second.lastSequence() == 2)
    #expect(try fixture.git("rev-list", "--count", "main") == "2\n")
  }

  @Test func equalEventsGiveEqualCommitsInAnyBatching() throws {
    let one = try HistoryFixture()
    let other = try HistoryFixture()
    try one.open().append((1...40).map { HistoryFixture.event($0) })
    for number in 1...40 { try other.open().append([HistoryFixture.event(Int64(number))]) }
    #expect(try one.git("for-each-ref") == other.git("for-each-ref"))
  }

  @Test func aCommitHoldsOnlyItsOwnChange() throws {
    let fixture = try HistoryFixture()
    var changed = HistoryFixture.event(3)
    changed.files = [
      HistoryFile(path: HistoryFixture.versionPath(1), contents: nil),
      HistoryFile(path: "environments/production/current.json", contents: Array("{}".utf8)),
    ]
    try fixture.open().append((1...2).map { HistoryFixture.event($0) })
    try fixture.open().append([changed])
    #expect(
      try fixture.git("diff", "--name-status", "main~1", "main") == """
        D\t\(HistoryFixture.versionPath(1))
        A\tenvironments/production/current.json

        """)
  }

  @Test func removingTheLastFileOfAFolderRemovesTheFolder() throws {
    let fixture = try HistoryFixture()
    var removal = HistoryFixture.event(2)
    removal.files = [HistoryFile(path: HistoryFixture.versionPath(1), contents: nil)]
    var nothing = HistoryFixture.event(3)
    nothing.files = [HistoryFile(path: "never/was/here", contents: nil)]
    try fixture.open().append([HistoryFixture.event(1), removal, nothing])
    #expect(try fixture.git("ls-tree", "-r", "-t", "main") == "")
    #expect(try fixture.fsck() == "")
  }

  @Test func aFileMayTakeTheNameOfAFolderAndBack() throws {
    let fixture = try HistoryFixture()
    func event(_ number: Int64, _ path: String) -> HistoryCommit {
      var event = HistoryFixture.event(number)
      event.files = [HistoryFile(path: path, contents: [0x61])]
      return event
    }
    // 'a.b' sorts between the file 'a' and the folder 'a/'.
    try fixture.open().append([event(1, "a/x"), event(2, "a.b"), event(3, "a"), event(4, "a/y")])
    #expect(try fixture.git("ls-tree", "-r", "--name-only", "main") == "a.b\na/y\n")
    #expect(try fixture.git("ls-tree", "-r", "--name-only", "main~1") == "a\na.b\n")
    #expect(try fixture.fsck() == "")
  }

  @Test func reasonsInAnyLanguageComeBackUnchanged() throws {
    let fixture = try HistoryFixture()
    let reason = "성취기준 [2수01-01] 교정\n\n둘째 문단 – ‘curly’ 🧮\r\nEvent: 999"
    try fixture.open().append([HistoryFixture.event(7, message: reason)])
    #expect(
      try fixture.git("log", "-1", "--format=%B").hasPrefix(
        "성취기준 [2수01-01] 교정\n\n둘째 문단 – ‘curly’ 🧮\nEvent: 999\n\nEvent: 7\n"))
    #expect(try fixture.open().lastSequence() == 7)
  }

  @Test(arguments: ["", "  \n", "\0"])
  func anEmptyReasonStillGivesACommit(reason: String) throws {
    let fixture = try HistoryFixture()
    try fixture.open().append([HistoryFixture.event(7, message: reason)])
    #expect(try fixture.git("log", "-1", "--format=%s") == "Event 7\n")
    #expect(try fixture.fsck() == "")
  }

  @Test func anAuthorThatGitWouldRefuseIsCleaned() throws {
    let fixture = try HistoryFixture()
    var event = HistoryFixture.event(1)
    event.author.name = "A <b>\nc"
    event.author.email = ""
    try fixture.open().append([event])
    #expect(try fixture.git("log", "-1", "--format=%an|%ae") == "A bc|unknown\n")
    #expect(try fixture.fsck() == "")
  }

  @Test(arguments: ["", "a//b", "/a", "a/", "a/../b", ".", "a/.git/hooks", "a/\0b"])
  func aPathThatGitWouldRefuseIsAnErrorAndWritesNothing(path: String) throws {
    let fixture = try HistoryFixture()
    var bad = HistoryFixture.event(2)
    bad.files = [HistoryFile(path: path, contents: [])]
    let history = try fixture.open()
    #expect(throws: HistoryError.invalidPath(path)) {
      try history.append([HistoryFixture.event(1), bad])
    }
    #expect(try history.lastSequence() == 0)
  }

  @Test func eventsOutOfOrderAreAnError() throws {
    let fixture = try HistoryFixture()
    let history = try fixture.open()
    #expect(throws: HistoryError.outOfOrder(previous: 2, next: 2)) {
      try history.append([HistoryFixture.event(2), HistoryFixture.event(2)])
    }
  }

  @Test func commitsMadeByHandStayAndTheNewestEventBelowThemCounts() throws {
    let fixture = try HistoryFixture()
    try fixture.open().append([HistoryFixture.event(1)])
    let commit = try fixture.git(
      "-c", "user.name=x", "-c", "user.email=x@y", "commit-tree", "main^{tree}", "-p", "main",
      "-m", "By hand")
    _ = try fixture.git("update-ref", "refs/heads/main", String(commit.prefix(40)))
    #expect(try fixture.open().lastSequence() == 1)
    try fixture.open().append([HistoryFixture.event(2)])
    #expect(
      try fixture.git("log", "--format=%s") == "Add labeler@v2\nBy hand\nAdd labeler@v1\n")
  }

  @Test func anotherProgramsHistoryIsNamedAsSuch() throws {
    let fixture = try HistoryFixture()
    _ = try fixture.open()
    let tree = try fixture.git("hash-object", "-t", "tree", "-w", "/dev/null")
    let commit = try fixture.git(
      "-c", "user.name=x", "-c", "user.email=x@y", "commit-tree", String(tree.prefix(40)),
      "-m", "Alien")
    _ = try fixture.git("update-ref", "refs/heads/main", String(commit.prefix(40)))
    #expect(
      throws: HistoryError.foreign(path: fixture.path.string, commit: String(commit.prefix(40)))
    ) { try fixture.open().lastSequence() }
  }

  @Test func aCloneHoldsEverything() throws {
    let fixture = try HistoryFixture()
    try fixture.open().append((1...300).map { HistoryFixture.event($0) })
    let clone = fixture.folder.appending("clone").string
    _ = try fixture.git("clone", "-q", fixture.path.string, clone)
    let tags = try HistoryFixture.run("git", ["-C", clone, "tag"]).output
    #expect(tags.split(separator: "\n").count == 300)
    #expect(
      FileManager.default.fileExists(atPath: "\(clone)/\(HistoryFixture.versionPath(300))"))
  }
}
