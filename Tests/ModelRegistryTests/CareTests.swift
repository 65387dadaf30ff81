import Foundation
import GRDB
import JSON
import MLOpsCore
import ModelRegistry
import SystemPackage
import Testing

@Suite struct CareTests {
  /// Overwrites a blob in place, as a failing disk would.
  private func damage(_ path: FilePath) throws {
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path.string)
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path.string))
    try file.write(contentsOf: Data("X".utf8))
    try file.close()
  }

  private func blob(of record: VersionRecord) throws -> Digest {
    try #require(record.manifest.files.first).digest
  }

  @Test func soundStoreHasNoProblems() throws {
    let store = try FixtureStore()
    for index in 0..<20 { try store.add("x", "content \(index)") }
    let report = try store.registry.verify()
    #expect(report.isSound, "\(report.problems)")
    #expect(report.blobCount == 20 && report.versionCount == 20 && report.strayBlobs.isEmpty)
  }

  @Test func damageIsNamedDownToTheGenerationAndRepairedFromACopy() throws {
    let store = try FixtureStore()
    let model = try store.add("model", "weights", kind: .model).record
    let release = try store.add(
      "release", "r", kind: .release, from: [Ingredient(role: "model", digest: model.digest)]
    ).record
    try store.registry.setAlias(Alias("champion"), of: model.name, to: model)
    try store.registry.appendGeneration(
      GenerationDraft(
        environment: EnvironmentName("production"), release: release.digest,
        expectedParent: nil, reason: ""))
    let digest = try blob(of: model)
    try damage(store.blobPath(digest))
    let problem = try #require(try store.registry.verify().problems.first)
    #expect(problem.isRepairable)
    #expect(problem.what == .blobDamaged(digest, found: Digest(of: Array("Xeights".utf8))))
    #expect(problem.versions == [model.reference])
    #expect(problem.aliases == [.alias(model.name, try Alias("champion"))])
    #expect(problem.generations == ["production#1"])

    _ = try store.folder.file("elsewhere.txt", Array("other!!".utf8))
    let lost = try store.registry.repair(from: [store.folder.path.appending("elsewhere.txt")])
    #expect(lost.restored.isEmpty && lost.setAside == [digest])
    #expect(lost.lost.map(\.what) == [.blobMissing(digest)])

    _ = try store.folder.file("copy.txt", Array("weights".utf8))
    let repaired = try store.registry.repair(from: [store.folder.path.appending("copy.txt")])
    #expect(repaired.restored == [digest] && repaired.lost.isEmpty)
    #expect(try store.registry.verify().isSound)
  }

  @Test func blobsAreRepairedFromAnotherStore() throws {
    let (store, other) = (try FixtureStore(), try FixtureStore())
    for text in ["one", "two", "three", "four"] {
      try store.add("x", text)
      try other.add("other", text)
    }
    let records = try store.registry.versions(of: ArtifactName("x"))
    let digests = try records.map { try blob(of: $0) }
    try damage(store.blobPath(digests[0]))
    try FileManager.default.removeItem(atPath: store.blobPath(digests[1]).string)
    // What the other store holds under a right name but with wrong bytes restores nothing.
    try damage(other.blobPath(digests[1]))
    let report = try store.registry.repair(from: [other.root])
    #expect(report.restored == [digests[0]] && report.setAside == [digests[0]])
    #expect(report.lost.map(\.what) == [.blobMissing(digests[1])])
    #expect(report.lost.first?.versions == [records[1].reference])
    #expect(try store.registry.verify().problems.map(\.what) == [.blobMissing(digests[1])])
  }

  @Test func alteredManifestIsFound() throws {
    let store = try FixtureStore()
    try store.add("x", "1")
    let database = try DatabaseQueue(path: store.root.appending("registry.db").string)
    try database.write {
      try $0.execute(
        sql: """
          DROP TRIGGER versions_never_change;
          UPDATE versions SET manifest = replace(manifest, 'data.txt', 'fake.txt')
          """)
    }
    let problems = try store.registry.verify().problems
    #expect(problems.count == 1)
    #expect(problems.first?.description.contains("invariant 2 is broken: x@v1") == true)
  }

  @Test func gcRemovesOnlyWhatNothingNeeds() throws {
    let store = try FixtureStore()
    let kept = try store.add("x", "kept").record
    let bytes = Array("stray".utf8)
    let stray = Digest(of: bytes)
    try FileManager.default.createDirectory(
      atPath: store.blobPath(stray).removingLastComponent().string,
      withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: store.blobPath(stray).string))
    let dead = store.root.appending("tmp").appending("add-1-dead")
    try FileManager.default.createDirectory(
      atPath: dead.string, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: dead.appending("blob-1").string))

    #expect(try store.registry.verify().strayBlobs == [stray])
    let plan = try store.registry.gc(dryRun: true)
    #expect(FileManager.default.fileExists(atPath: store.blobPath(stray).string))
    let done = try store.registry.gc(dryRun: false)
    #expect(plan.decisions == done.decisions)
    #expect(done.removed.map(\.subject) == [.blob(stray), .staging("add-1-dead")])
    #expect(done.freedBytes == 5)
    #expect(!FileManager.default.fileExists(atPath: store.blobPath(stray).string))
    #expect(!FileManager.default.fileExists(atPath: dead.string))
    #expect(try store.registry.file(try #require(kept.manifest.files.first)) != FilePath(""))
    #expect(try store.registry.verify().isSound)
  }

  @Test func gcPacksAScatteredHistoryAndLosesNothing() throws {
    let store = try FixtureStore()
    try store.registry.add(
      contentsOf: (0..<300).map {
        VersionDraft(
          name: try ArtifactName("x"), kind: .prompt, files: [], metadata: ["n": .integer($0)])
      })
    // As if each event had been written by itself: 8 loose objects each.
    let history = store.root.appending("history.git")
    let packs = history.appending("objects").appending("pack")
    let aside = store.folder.path.appending("packs")
    try FileManager.default.moveItem(atPath: packs.string, toPath: aside.string)
    try FileManager.default.createDirectory(
      atPath: packs.string, withIntermediateDirectories: false)
    for name in try FileManager.default.contentsOfDirectory(atPath: aside.string)
    where name.hasSuffix(".pack") {
      let unpacked = try HistoryFixture.run(
        "sh",
        [
          "-c", "git --git-dir '\(history)' unpack-objects -q < '\(aside.appending(name))'",
        ])
      try #require(unpacked.status == 0, "\(unpacked.output)")
    }
    func git(_ words: String...) throws -> String {
      let result = try HistoryFixture.run("git", ["--git-dir", history.string] + words)
      #expect(result.status == 0, "\(result.output)")
      return result.output
    }
    let loose = try git("count-objects")
    #expect(try store.registry.gc(dryRun: true).packedObjects == 0)
    #expect(try git("count-objects") == loose)
    let packed = try store.registry.gc(dryRun: false).packedObjects
    #expect(loose.hasPrefix("\(packed) objects") && packed > 2000)
    #expect(try git("count-objects").hasPrefix("0 objects"))
    #expect(
      try !git("fsck", "--full", "--strict", "--no-dangling", "--no-progress").contains("missing"))
    #expect(try git("rev-list", "--count", "main") == "300\n")
    #expect(try git("tag").split(separator: "\n").count == 300)
    #expect(try store.registry.gc(dryRun: false).packedObjects == 0)
    try store.add("y", "after")
    #expect(try store.registry.verify().isSound)
  }

  @Test("a folder to work in goes with all it holds, and of a dead command gc removes it")
  func workFolders() throws {
    let store = try FixtureStore()
    func fill(_ folder: FilePath) throws {
      let inner = folder.appending("made").appending("deep")
      try FileManager.default.createDirectory(
        atPath: inner.string, withIntermediateDirectories: true)
      try Data([1]).write(to: URL(filePath: inner.appending("file").string))
      // What a link leads to is somebody else's.
      try FileManager.default.createSymbolicLink(
        atPath: folder.appending("link").string, withDestinationPath: store.folder.path.string)
    }
    let path = try {
      let work = try store.registry.workFolder()
      try fill(work.path)
      return work.path
    }()
    #expect(!FileManager.default.fileExists(atPath: path.string))
    // As a command leaves it that is killed.
    try FileManager.default.createDirectory(
      atPath: path.string, withIntermediateDirectories: false)
    try fill(path)
    #expect(try store.registry.gc(dryRun: true).removed.count == 1)
    #expect(FileManager.default.fileExists(atPath: path.string))
    #expect(try store.registry.gc(dryRun: false).removed.count == 1)
    #expect(!FileManager.default.fileExists(atPath: path.string))
    #expect(FileManager.default.fileExists(atPath: store.root.string))
  }

  @Test func gcKeepsWhatIsReachedAndSaysWhy() throws {
    let store = try FixtureStore()
    let data = try store.add("data", "old").record
    let evidence = try store.add("evaluation", "e1", kind: .evaluation).record
    let release = try store.add(
      "release", "r1", kind: .release, from: [Ingredient(role: "data", digest: data.digest)]
    ).record
    let aliased = try store.add("x", "aliased").record
    let read = try store.add("x", "read by a run").record
    let unreached = try store.add("x", "unreached").record
    for name in ["data", "x"] { try store.add(name, "newest of \(name)") }
    try store.add("evaluation", "e2", kind: .evaluation)
    try store.add("release", "r2", kind: .release)
    try store.registry.setAlias(Alias("best"), of: aliased.name, to: aliased)
    try store.registry.appendGeneration(
      GenerationDraft(
        environment: EnvironmentName("p"), release: release.digest, expectedParent: nil,
        reason: "", evidence: evidence.digest))
    let run = try store.registry.beginRun(
      kind: "train", parameters: [:], inputs: [Ingredient(role: "data", digest: read.digest)])

    let report = try store.registry.gc(dryRun: false, olderThan: .zero)
    var why: [Digest: [String]] = [:]
    for case (.version(_, _, let digest), let reasons) in report.decisions.map({
      ($0.subject, $0.reasons)
    }) { why[digest] = reasons }
    #expect(why[data.digest] == ["data of release@v1"])
    #expect(why[evidence.digest] == ["evidence of generation p#1"])
    #expect(why[release.digest] == ["generation p#1"])
    #expect(why[aliased.digest] == ["alias best"])
    #expect(why[read.digest] == ["live run \(run.id)"])
    #expect(why[unreached.digest] == ["old, and nothing points at it"])
    let expected: Set<GCDecision.Subject> = [
      .version(unreached.name, unreached.version, unreached.digest),
      .blob(try blob(of: unreached)),
    ]
    #expect(Set(report.removed.map(\.subject)) == expected)
    #expect(try store.registry.verify().isSound)

    try store.registry.endRun(run.id, outcome: .succeeded)
    #expect(try store.registry.gc(dryRun: false, olderThan: .zero).removed.count == 2)
    // Numbers of removed versions are never given again.
    #expect(try store.add("x", "after").record.version.value == 5)
    #expect(try store.registry.verify().isSound)
  }

  /// The race: an add finds a blob present and skips the copy while gc takes it for garbage.
  @Test func gcBesideAddsNeverTakesWhatTheyNeed() async throws {
    let store = try FixtureStore()
    let (registry, other) = (store.registry, try store.reopened())
    for round in 0..<24 {
      let text = "content \(round)"
      // A stray of the very bytes that are about to be added.
      let path = store.blobPath(Digest(of: Array(text.utf8)))
      try FileManager.default.createDirectory(
        atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(fileURLWithPath: path.string))
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try store.add("x", text) }
        group.addTask { _ = try other.gc(dryRun: false) }
        try await group.waitForAll()
      }
      #expect(FileManager.default.fileExists(atPath: path.string), "round \(round)")
    }
    #expect(try registry.verify().isSound)
  }
}
