import Foundation
import MLOpsCore
import ModelRegistry
import SystemPackage
import Testing

/// Streams that come to nothing leave nothing, and say why.
@Suite struct ContentStreamFailureTests {
  /// In the first buffer, with a thread, and more than all buffers hold.
  static let sizes = [0, 1000, 3 << 20, 20 << 20]

  @Test(arguments: sizes)
  func droppedStreamLeavesNothing(size: Int) throws {
    let store = try FixtureStore()
    do {
      let stream = try store.registry.contentStream(storage: .compressed)
      try FixtureStore.write(FixtureStore.Fill.zeros.bytes(size), to: stream)
      // Garbage collection, of whatever process, leaves alone what is being made.
      #expect(try store.registry.gc(dryRun: false).removed.isEmpty)
      #expect(try store.inTemporary().count == 1)
    }
    #expect(try store.inTemporary() == [])
    #expect(try store.registry.gc(dryRun: false).removed.isEmpty)
    #expect(try store.registry.verify().blobCount == 0)
    #if os(Linux)
      // Nor does its thread go on, which would hold the file.
      for _ in 0..<100 where try !openInTemporary(of: store).isEmpty { usleep(10_000) }
      #expect(try openInTemporary(of: store) == [])
    #endif
  }

  /// What this process has open in the store's `tmp/`.
  private func openInTemporary(of store: FixtureStore) throws -> [String] {
    let folder = "/proc/self/fd"
    return try FileManager.default.contentsOfDirectory(atPath: folder).compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
    }.filter { $0.hasPrefix("\(store.root)/tmp/") }
  }

  @Test(arguments: sizes)
  func contentThatNoVersionTakesVanishes(size: Int) throws {
    let store = try FixtureStore()
    do {
      let content = try store.staged(FixtureStore.Fill.zeros.bytes(size))
      #expect(try store.registry.gc(dryRun: false).removed.isEmpty)
      #expect(try store.inTemporary().count == 1)
      #expect(content.size == Int64(size))
    }
    #expect(try store.inTemporary() == [])
    #expect(try store.registry.verify().blobCount == 0)
  }

  /// A blob may be collected between two versions of the same content, or two attempts at one.
  @Test(arguments: [1000, 2_000_000])
  func contentServesAsOftenAsItIsNeeded(size: Int) throws {
    let store = try FixtureStore()
    let bytes = FixtureStore.rows(size)
    let content = try store.staged(bytes)
    for name in ["one", "two", "three"] {
      let record = try store.add(name, content).record
      let file = try #require(record.manifest.files.first)
      #expect(try store.registry.bytes(of: file) == bytes)
      try FileManager.default.removeItem(atPath: store.registry.stored(file).path.string)
    }
  }

  @Test func oneContentUnderTwoPathsIsOneBlob() throws {
    let store = try FixtureStore()
    let content = try store.staged(FixtureStore.rows(50_000))
    let files = try ["a", "b"].map {
      SourceFile(path: try ContentPath($0), content: .staged(content), mediaType: "text/plain")
    }
    let outcome = try store.registry.add(
      VersionDraft(name: ArtifactName("rows"), kind: .dataset, files: files))
    #expect(outcome.bytesCopied == 50_000 && outcome.record.manifest.files.count == 2)
    let report = try store.registry.verify()
    #expect(report.isSound && report.blobCount == 1)
  }

  /// No second name can be given there.
  @Test(arguments: [SourceFile.Storage.compressed, .plain])
  func contentOfAStoreOnAnotherFileSystemIsCopied(storage: SourceFile.Storage) throws {
    let store = try FixtureStore()
    let memory = FilePath("/dev/shm").appending("mlops-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(atPath: memory.string) }
    guard let other = try? Registry.create(at: memory, author: FixtureStore.author),
      try HistoryFixture.run("stat", ["-c", "%d", memory.string]).output
        != HistoryFixture.run("stat", ["-c", "%d", store.root.string]).output
    else {
      print("skipped: this machine has no second file system at /dev/shm")
      return
    }
    let bytes = FixtureStore.rows(2_500_000)
    let stream = try other.contentStream(storage: storage)
    try FixtureStore.write(bytes, to: stream)
    let record = try store.add("rows", try stream.finish()).record
    let file = try #require(record.manifest.files.first)
    #expect(try store.registry.bytes(of: file) == bytes)
    #expect(try store.registry.stored(file).isCompressed == (storage == .compressed))
    #expect(try store.registry.verify().isSound)
    #expect(try store.inTemporary() == [])
  }

  /// The folder is taken away beneath it.
  @Test func errorComesWithEveryCallThatFollows() throws {
    let store = try FixtureStore()
    let (small, large) = (
      try store.registry.contentStream(storage: .plain),
      try store.registry.contentStream(storage: .plain)
    )
    for name in try store.inTemporary() {
      try FileManager.default.removeItem(atPath: "\(store.root)/tmp/\(name)")
    }
    try FixtureStore.write([1, 2, 3], to: small)
    func isCreation(_ error: any Error) -> Bool {
      guard case .system("create", _, .noSuchFileOrDirectory) = error as? RegistryError else {
        return false
      }
      return true
    }
    #expect(performing: { try small.finish() }, throws: isCreation)
    let bytes = FixtureStore.rows(2 << 20)
    for _ in 0..<2 {
      #expect(performing: { try FixtureStore.write(bytes, to: large) }, throws: isCreation)
    }
    #expect(performing: { try FixtureStore.write([1], to: large) }, throws: isCreation)
    #expect(performing: { try large.finish() }, throws: isCreation)
  }
}
