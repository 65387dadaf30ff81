import Foundation
import JSON
import MLOpsCore
import ModelRegistry
import SystemPackage
import Testing

@Suite struct AddingTests {
  @Test func addingGivesTheNextVersionAndTheManifestsDigest() throws {
    let store = try FixtureStore()
    let first = try store.add("problems", "one", reason: "first import")
    let second = try store.add("problems", "two")
    #expect(first.isNew && second.isNew)
    #expect(first.record.version.value == 1 && second.record.version.value == 2)
    #expect(first.record.digest == first.record.manifest.digest)
    #expect(first.record.reason == "first import")
    #expect(first.record.author == FixtureStore.author)
  }

  @Test func equalContentIsNoNewVersion() throws {
    let store = try FixtureStore()
    let first = try store.add("problems", "one")
    try store.add("problems", "two")
    let again = try store.add("problems", "one", reason: "once more")
    #expect(!again.isNew)
    #expect(again.record == first.record)
    #expect(again.bytesCopied == 0 && again.bytesPresent == 3)
    #expect(try store.registry.versions(of: ArtifactName("problems")).count == 2)
    #expect(try store.registry.events(limit: 10).count == 2)
  }

  @Test func digestDoesNotDependOnStoreFolderOrTime() throws {
    let (one, other) = (try FixtureStore(), try FixtureStore())
    let file = try one.folder.file("a.bin", [1, 2, 3])
    let moved = try other.folder.file("b.bin", [1, 2, 3])
    let first = try one.registry.add(one.draft("labeler", file: file)).record
    let second = try other.registry.add(other.draft("labeler", file: moved)).record
    #expect(first.digest == second.digest)
  }

  /// Both sides of the border between one thread and two, and of a buffer.
  @Test(arguments: [0, 1, 65_536, 2 << 20 - 1, 2 << 20, 2 << 20 + 1, 5 << 20 + 17])
  func blobHoldsTheBytesUnderTheirDigest(size: Int) throws {
    let store = try FixtureStore()
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
    let file = try store.folder.file("weights.bin", bytes)
    let outcome = try store.registry.add(store.draft("labeler", file: file))
    let content = try #require(outcome.record.manifest.files.first)
    #expect(content.digest == Digest(of: bytes))
    #expect(content.size == Int64(size))
    #expect(outcome.bytesCopied == Int64(size))
    let blob = try store.registry.file(content)
    #expect(blob == store.blobPath(content.digest))
    #expect(try Data(contentsOf: URL(fileURLWithPath: blob.string)) == Data(bytes))
    let mode = try FileManager.default.attributesOfItem(atPath: blob.string)[.posixPermissions]
    #expect(mode as? Int == 0o444)
  }

  @Test func storedContentIsHashedAndNotCopied() throws {
    let store = try FixtureStore()
    let file = try store.folder.file("weights.bin", [UInt8](repeating: 7, count: 100_000))
    _ = try store.registry.add(store.draft("labeler", file: file))
    let other = try store.registry.add(store.draft("other", file: file))
    #expect(other.isNew)
    #expect(other.bytesCopied == 0 && other.bytesPresent == 100_000)
  }

  @Test func linkSharesTheInode() throws {
    let store = try FixtureStore()
    let file = try store.folder.file("weights.bin", [UInt8](repeating: 9, count: 5000))
    let outcome = try store.registry.add(store.draft("labeler", file: file, link: true))
    #expect(outcome.bytesLinked == 5000 && outcome.bytesCopied == 0)
    let blob = try store.registry.file(try #require(outcome.record.manifest.files.first))
    let inodes = try [file, blob].map {
      try FileManager.default.attributesOfItem(atPath: $0.string)[.systemFileNumber] as? Int
    }
    #expect(inodes[0] == inodes[1])
  }

  @Test func pipesFoldersAndMissingFilesAreRefused() throws {
    let store = try FixtureStore()
    let pipe = store.folder.path.appending("pipe")
    #expect(mkfifo(pipe.string, 0o600) == 0)
    #expect(throws: RegistryError.notAFile(pipe, found: "a named pipe")) {
      try store.registry.add(store.draft("labeler", file: pipe))
    }
    #expect(throws: RegistryError.notAFile(store.folder.path, found: "a folder")) {
      try store.registry.add(store.draft("labeler", file: store.folder.path))
    }
    let missing = store.folder.path.appending("missing")
    let expected = RegistryError.system(
      operation: "open", path: missing, error: .noSuchFileOrDirectory)
    #expect(throws: expected) { try store.registry.add(store.draft("labeler", file: missing)) }
    #expect(try store.registry.artifacts().isEmpty)
  }

  /// On both sides of the border between one thread and two.
  @Test(arguments: [1000, 3 << 20])
  func fileThatChangesWhileItIsReadIsRefused(size: Int) throws {
    let store = try FixtureStore()
    let file = try store.folder.file("weights.bin", [UInt8](repeating: 1, count: size))
    let writer = try FileHandle(forWritingTo: URL(fileURLWithPath: file.string))
    defer { try? writer.close() }
    #expect(throws: RegistryError.fileChanged(file)) {
      try store.registry.add(
        store.draft("labeler", file: file),
        progress: { _ in
          _ = try? writer.seekToEnd()
          try? writer.write(contentsOf: Data([2]))
        })
    }
    #expect(try store.registry.artifacts().isEmpty)
    #expect(try store.registry.verify().blobCount == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: store.root.string + "/tmp") == [])
  }

  @Test func codeIsRecordedBesideTheManifest() throws {
    let store = try FixtureStore()
    let code: JSONValue = ["commit": "0123", "branch": "main", "dirty": true]
    var draft = VersionDraft(name: try ArtifactName("x"), kind: .prompt, files: [], code: code)
    let with = try store.registry.add(draft).record
    draft.code = nil
    let without = try store.registry.add(draft)
    #expect(!without.isNew && without.record.code == code)
    draft.name = try ArtifactName("y")
    let other = try store.registry.add(draft).record
    #expect(other.code == nil && other.digest == with.digest)
    #expect(try store.resolve("x").code == code)
    #expect(try store.history("main:artifacts/x/versions/0/00/v1.json").contains("\"0123\""))
    #expect(try !store.history("main:artifacts/y/versions/0/00/v1.json").contains("\"0123\""))
  }

  @Test func manyAddedAtOnceAreAsManyVersionsAndEvents() throws {
    let store = try FixtureStore()
    let name = try ArtifactName("x")
    func drafts(_ items: Range<Int>) throws -> [VersionDraft] {
      try items.map {
        VersionDraft(
          name: name, kind: .dataset,
          files: [
            SourceFile(
              path: try ContentPath("a"), content: .bytes([UInt8($0 % 7)]), mediaType: "text/plain")
          ], metadata: ["item": .integer($0)])
      }
    }
    try store.registry.add(contentsOf: drafts(0..<60))
    try store.registry.add(contentsOf: drafts(50..<70))
    #expect(try store.registry.versions(of: name).map(\.version.value) == (1...70).reversed())
    let report = try store.registry.verify()
    #expect(report.isSound && report.blobCount == 7, "\(report.problems)")
    #expect(throws: RegistryError.self) {
      let other = VersionDraft(name: name, kind: .model, files: [])
      try store.registry.add(contentsOf: drafts(70..<80) + [other])
    }
    #expect(try store.registry.versions(of: name).count == 70)
  }

  @Test func oneNameHasOneKind() throws {
    let store = try FixtureStore()
    try store.add("labeler", "x", kind: .model)
    let name = try ArtifactName("labeler")
    #expect(throws: RegistryError.kindConflict(name, existing: .model, given: .dataset)) {
      try store.add("labeler", "y", kind: .dataset)
    }
  }

  @Test func pathsOfOneVersionMustNotCollide() throws {
    let store = try FixtureStore()
    func draft(_ paths: [String]) throws -> VersionDraft {
      VersionDraft(
        name: try ArtifactName("x"), kind: .dataset,
        files: try paths.map {
          SourceFile(path: try ContentPath($0), content: .bytes([1]), mediaType: "text/plain")
        })
    }
    #expect(throws: RegistryError.pathTwice(try ContentPath("a"))) {
      try store.registry.add(draft(["a", "b", "a"]))
    }
    let inside = RegistryError.pathInsideFile(try ContentPath("a/b"), file: try ContentPath("a"))
    #expect(throws: inside) { try store.registry.add(draft(["a", "a-c", "a/b"])) }
  }

  @Test func materialisedVersionHasItsFilesReadOnly() throws {
    let store = try FixtureStore()
    let record = try store.add("problems", "hello").record
    let target = store.folder.path.appending("out").appending("here")
    try store.registry.materialise(record, at: target)
    let path = target.appending("data.txt").string
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "hello")
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
    #expect(mode as? Int == 0o444)
    #expect(throws: RegistryError.folderExists(target)) {
      try store.registry.materialise(record, at: target)
    }
  }
}
