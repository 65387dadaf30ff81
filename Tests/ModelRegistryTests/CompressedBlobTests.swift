import Foundation
import MLOpsCore
import ModelRegistry
import SystemPackage
import Testing

/// Content that is kept compressed is the same content.
@Suite struct CompressedBlobTests {
  /// Both sides of the border between one thread and two, and of a buffer.
  @Test(arguments: [4096, 65_536, 2 << 20 - 1, 2 << 20, 2 << 20 + 1, 5 << 20 + 17])
  func compressedBlobHoldsTheContentUnderItsDigest(size: Int) throws {
    let (store, other) = (try FixtureStore(), try FixtureStore())
    let bytes = FixtureStore.rows(size)
    let outcome = try store.addRows("rows", bytes)
    let file = try #require(outcome.record.manifest.files.first)
    #expect(file.digest == Digest(of: bytes) && file.size == Int64(size))
    #expect(outcome.bytesCopied == Int64(size))
    // The form is no part of the version.
    let plain = try other.addRows("rows", bytes, storage: .plain)
    #expect(plain.record.digest == outcome.record.digest)

    let stored = try store.registry.stored(file)
    #expect(stored.isCompressed)
    #expect(stored.path == store.compressedPath(file.digest))
    #expect(!store.isThere(store.blobPath(file.digest)))
    #expect(stored.size == Int64(try store.content(of: stored.path).count))
    #expect(stored.size * 2 < size)
    #expect(store.registry.storedSize(of: outcome.record) == stored.size)
    let mode = try FileManager.default.attributesOfItem(atPath: stored.path.string)[
      .posixPermissions]
    #expect(mode as? Int == 0o444)

    #expect(try store.registry.bytes(of: file) == bytes)
    #expect(try other.registry.bytes(of: file) == bytes)
    let report = try store.registry.verify()
    #expect(report.isSound, "\(report.problems)")
    #expect(report.blobCount == 1 && report.byteCount == Int64(size))
    #expect(try FileManager.default.contentsOfDirectory(atPath: store.root.string + "/tmp") == [])
  }

  @Test("the zstd program gives back the bytes that the name says")
  func independentReader() throws {
    let store = try FixtureStore()
    let bytes = FixtureStore.rows(3_000_000)
    let digest = Digest(of: bytes)
    try store.addRows("rows", bytes)
    let told = try HistoryFixture.run(
      "sh",
      [
        "-c",
        "command -v zstd >/dev/null || { echo none; exit; }; zstd -dc '\(store.compressedPath(digest))' | sha256sum",
      ])
    guard told.output != "none\n" else {
      print("skipped: this machine has no zstd program")
      return
    }
    #expect(told.output.hasPrefix(digest.hex), "\(told.output)")
    let listed = try HistoryFixture.run("zstd", ["-lv", store.compressedPath(digest).string])
    #expect(listed.output.contains("Check: XXH64"), "\(listed.output)")
    #expect(listed.output.contains("(3000000 B)"), "\(listed.output)")
  }

  @Test func whatGainsNothingStaysPlain() throws {
    let store = try FixtureStore()
    var generator = SystemRandomNumberGenerator()
    let random = (0..<3_000_000).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    let compressed =
      try Frames.compress(FixtureStore.rows(100_000)) + [UInt8](repeating: 0, count: 9000)
    let gzipped = [0x1F, 0x8B] + FixtureStore.rows(9000)
    for (index, bytes) in [FixtureStore.rows(4095), random, compressed, gzipped, []].enumerated() {
      let record = try store.addRows("rows-\(index)", bytes).record
      let file = try #require(record.manifest.files.first)
      #expect(try store.registry.file(file) == store.blobPath(file.digest))
      #expect(try store.content(of: store.blobPath(file.digest)) == bytes)
      #expect(!store.isThere(store.compressedPath(file.digest)))
    }
    #expect(try store.registry.verify().isSound)
    #expect(try FileManager.default.contentsOfDirectory(atPath: store.root.string + "/tmp") == [])
  }

  @Test func bytesInMemoryAreCompressedToo() throws {
    let store = try FixtureStore()
    let bytes = FixtureStore.rows(50_000)
    let record = try store.registry.add(
      VersionDraft(
        name: ArtifactName("rows"), kind: .dataset,
        files: [
          SourceFile(
            path: ContentPath("rows.ndjson"), content: .bytes(bytes),
            mediaType: "application/x-ndjson", storage: .compressed)
        ])
    ).record
    let file = try #require(record.manifest.files.first)
    #expect(try store.registry.stored(file).isCompressed)
    #expect(try store.registry.bytes(of: file) == bytes)
    #expect(try store.registry.verify().isSound)
  }

  /// Whichever form came first, the content is there.
  @Test(arguments: [SourceFile.Storage.plain, .compressed])
  func contentOfTheOtherFormIsPresent(first: SourceFile.Storage) throws {
    let store = try FixtureStore()
    let bytes = FixtureStore.rows(30_000)
    let digest = Digest(of: bytes)
    try store.addRows("one", bytes, storage: first)
    let again = try store.addRows("two", bytes, storage: first == .plain ? .compressed : .plain)
    #expect(again.isNew && again.bytesCopied == 0 && again.bytesPresent == 30_000)
    #expect(store.isThere(store.blobPath(digest)) == (first == .plain))
    #expect(store.isThere(store.compressedPath(digest)) == (first == .compressed))
  }

  @Test func compressedContentIsNoPlainFile() throws {
    let store = try FixtureStore()
    let bytes = FixtureStore.rows(30_000)
    let file = try #require(try store.addRows("rows", bytes).record.manifest.files.first)
    let path = store.compressedPath(file.digest)
    #expect(throws: RegistryError.blobCompressed(file.path, path)) {
      try store.registry.file(file)
    }
    let error = RegistryError.blobCompressed(file.path, path)
    // The advice is true.
    let advice = try #require(error.advice).split(separator: "'")[1].split(separator: " ")
    guard advice.first == "zstd",
      try HistoryFixture.run("sh", ["-c", "command -v zstd"]).status == 0
    else { return }
    #expect(try HistoryFixture.run("zstd", advice.dropFirst().map(String.init)).status == 0)
    #expect(try store.content(of: store.registry.file(file)) == bytes)
    #expect(try store.registry.verify().isSound)
  }

  @Test func linkIsForPlainFiles() throws {
    let store = try FixtureStore()
    let file = try store.folder.file("rows.ndjson", FixtureStore.rows(30_000))
    let outcome = try store.registry.add(
      VersionDraft(
        name: ArtifactName("rows"), kind: .dataset,
        files: [
          SourceFile(
            path: ContentPath("rows.ndjson"), content: .file(file), mediaType: "text/plain",
            storage: .compressed)
        ], link: true))
    #expect(outcome.bytesLinked == 0 && outcome.bytesCopied == 30_000)
    #expect(try store.registry.stored(#require(outcome.record.manifest.files.first)).isCompressed)
  }

  /// On both sides of the border between one thread and two; longer and shorter.
  @Test(arguments: [100_000, 3 << 20], [true, false])
  func fileThatChangesWhileItIsCompressedIsRefused(size: Int, grows: Bool) throws {
    let store = try FixtureStore()
    let file = try store.folder.file("rows.ndjson", FixtureStore.rows(size))
    let writer = try FileHandle(forWritingTo: URL(fileURLWithPath: file.string))
    defer { try? writer.close() }
    let draft = VersionDraft(
      name: try ArtifactName("rows"), kind: .dataset,
      files: [
        SourceFile(
          path: try ContentPath("rows.ndjson"), content: .file(file), mediaType: "text/plain",
          storage: .compressed)
      ])
    #expect(throws: RegistryError.fileChanged(file)) {
      try store.registry.add(
        draft,
        progress: { _ in
          if grows {
            _ = try? writer.seekToEnd()
            try? writer.write(contentsOf: Data([2]))
          } else {
            try? writer.truncate(atOffset: UInt64(size - 10))
          }
        })
    }
    #expect(try store.registry.verify().blobCount == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: store.root.string + "/tmp") == [])
  }

  @Test func materialisedVersionHasThePlainContent() throws {
    let store = try FixtureStore()
    let bytes = FixtureStore.rows(3_000_000)
    let record = try store.addRows("rows", bytes).record
    let target = store.folder.path.appending("out")
    try store.registry.materialise(record, at: target)
    let path = target.appending("rows.ndjson")
    #expect(try store.content(of: path) == bytes)
    let mode = try FileManager.default.attributesOfItem(atPath: path.string)[.posixPermissions]
    #expect(mode as? Int == 0o444)
  }
}
