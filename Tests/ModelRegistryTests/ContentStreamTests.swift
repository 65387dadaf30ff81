import Codecs
import Foundation
import MLOpsCore
import ModelRegistry
import SystemPackage
import Testing

/// Content that is streamed into the store is kept like content that is read from a file.
@Suite struct ContentStreamTests {
  /// Both sides of the least size that is compressed, and of the first buffer.
  static let sizes = [0, 1, 4095, 4096, 1 << 20 - 1, 1 << 20, 1 << 20 + 1, 5 << 20]

  @Test(arguments: sizes, FixtureStore.Fill.allCases)
  func streamedContentIsKeptLikeAFile(size: Int, fill: FixtureStore.Fill) throws {
    let bytes = fill.bytes(size)
    for storage in [SourceFile.Storage.compressed, .plain] {
      let (store, other) = (try FixtureStore(), try FixtureStore())
      let expected = try other.addRows("rows", bytes, storage: storage)
      let outcome = try store.add("rows", try store.staged(bytes, storage: storage))
      #expect(outcome.record.digest == expected.record.digest)
      #expect(outcome.isNew && outcome.bytesCopied == Int64(size))
      let file = try #require(outcome.record.manifest.files.first)
      #expect(file.digest == Digest(of: bytes) && file.size == Int64(size))
      let stored = try store.registry.stored(file)
      #expect(stored.isCompressed == (try other.registry.stored(file).isCompressed))
      #expect(stored.isCompressed == (storage == .compressed && size >= 4096 && fill != .random))
      let mode = try FileManager.default.attributesOfItem(atPath: stored.path.string)[
        .posixPermissions]
      #expect(mode as? Int == 0o444)
      #expect(try store.registry.bytes(of: file) == bytes)
      let report = try store.registry.verify()
      #expect(report.isSound && report.blobCount == 1, "\(report.problems)")
      #expect(try store.inTemporary() == [])
    }
  }

  @Test func sizesOfThePiecesDoNotMatter() throws {
    let store = try FixtureStore()
    let bytes = FixtureStore.rows(3_500_001)
    for pieces in [[1, 0, 3, 4097], [1 << 20], [1 << 20 - 1, 2], [999_983], [2_100_000, 1]] {
      let content = try store.staged(bytes, pieces: pieces)
      #expect(content.digest == Digest(of: bytes) && content.size == 3_500_001, "\(pieces)")
      let outcome = try store.add("rows-\(pieces[0])", content)
      #expect(outcome.bytesPresent == (pieces[0] == 1 ? 0 : 3_500_001))
    }
    let file = try #require(try store.resolve("rows-1").manifest.files.first)
    #expect(try store.registry.bytes(of: file) == bytes)
  }

  @Test("the zstd program reads a frame whose size was not known when it began")
  func independentReader() throws {
    let store = try FixtureStore()
    for (size, fill) in [(3_000_000, FixtureStore.Fill.rows), (9_000_001, .zeros)] {
      let bytes = fill.bytes(size)
      let path = store.compressedPath(Digest(of: bytes))
      try store.add("rows", try store.staged(bytes))
      let header = try ZstdFrameHeader(Array(store.content(of: path).prefix(18)))
      #expect(header.length == 14 && header.contentSize == UInt64(size) && header.hasChecksum)
      #expect(header.windowSize <= 8 << 20)
      guard try HistoryFixture.run("sh", ["-c", "command -v zstd"]).status == 0 else {
        print("skipped: this machine has no zstd program")
        return
      }
      let told = try HistoryFixture.run("sh", ["-c", "zstd -dc '\(path)' | sha256sum"])
      #expect(told.output.hasPrefix(Digest(of: bytes).hex), "\(told.output)")
      let listed = try HistoryFixture.run("zstd", ["-lv", path.string])
      #expect(listed.output.contains("Check: XXH64"), "\(listed.output)")
      #expect(listed.output.contains("(\(size) B)"), "\(listed.output)")
      #expect(listed.output.contains("Window Size: 512 KiB"), "\(listed.output)")
    }
  }

  /// In the first buffer and beyond it.
  @Test(arguments: [20_000, 2_500_000])
  func compressedContentStaysAsItIs(size: Int) throws {
    let store = try FixtureStore()
    let frame = try Frames.compress(FixtureStore.rows(100_000))
    for (index, head) in [frame, [0x1F, 0x8B]].enumerated() {
      let bytes = head + FixtureStore.rows(size)
      let record = try store.add("rows-\(index)", try store.staged(bytes)).record
      let file = try #require(record.manifest.files.first)
      #expect(try store.content(of: store.registry.file(file)) == bytes)
      #expect(!store.isThere(store.compressedPath(file.digest)))
    }
    #expect(try store.registry.verify().isSound)
  }

  @Test func contentThatIsThereIsNotPlacedAgain() throws {
    let store = try FixtureStore()
    let bytes = FixtureStore.rows(2_000_000)
    try store.addRows("plain", bytes, storage: .plain)
    let outcome = try store.add("rows", try store.staged(bytes))
    #expect(outcome.isNew && outcome.bytesCopied == 0 && outcome.bytesPresent == 2_000_000)
    #expect(!store.isThere(store.compressedPath(Digest(of: bytes))))
    #expect(try store.registry.verify().blobCount == 1)
    #expect(try store.inTemporary() == [])
  }

  @Test func streamsDoNotDisturbEachOther() async throws {
    let store = try FixtureStore()
    // By turns on one thread,
    let contents = [FixtureStore.rows(2_500_000, seed: 1), FixtureStore.rows(2_500_000, seed: 2)]
    let streams = try contents.map { _ in try store.registry.contentStream(storage: .compressed) }
    for start in stride(from: 0, to: 2_500_000, by: 300_007) {
      for (stream, bytes) in zip(streams, contents) {
        try FixtureStore.write(Array(bytes.dropFirst(start).prefix(300_007)), to: stream)
      }
    }
    for (stream, bytes) in zip(streams, contents) {
      #expect(try stream.finish().digest == Digest(of: bytes))
    }
    // and on several at once.
    try await withThrowingTaskGroup(of: Void.self) { group in
      for seed in 3..<7 {
        group.addTask {
          let bytes = FixtureStore.rows(3_000_000, seed: seed)
          let content = try store.staged(bytes, pieces: [70_001])
          #expect(content.digest == Digest(of: bytes))
          try store.add("rows-\(seed)", content)
        }
      }
      try await group.waitForAll()
    }
    let report = try store.registry.verify()
    #expect(report.isSound && report.blobCount == 4)
  }
}
