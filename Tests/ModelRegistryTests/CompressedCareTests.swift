import Foundation
import MLOpsCore
import ModelRegistry
import SystemPackage
import Testing

/// `verify`, `repair` and `gc` with compressed blobs, sound and hostile ones.
@Suite struct CompressedCareTests {
  private static let bytes = FixtureStore.rows(300_000)
  private static let digest = Digest(of: bytes)

  /// What may lie in place of a compressed blob.
  enum Spoilt: String, CaseIterable {
    case flipped, cut, cutInHeader, empty, appended, twoFrames, garbage, otherContent
    case otherSize, lyingSize, bomb, withoutChecksum, folder

    /// A phrase of what `verify` says.
    var reason: String {
      switch self {
      case .flipped: "checksum"
      case .cut, .cutInHeader, .empty: "it is no Zstandard frame|it ends in the middle"
      case .appended: "3 bytes follow its frame"
      case .twoFrames: "bytes follow its frame"
      case .garbage: "it is no Zstandard frame"
      case .otherContent, .otherSize: "its content has sha256:"
      case .lyingSize: "Data corruption detected|says"
      case .bomb: "it decompresses to more than "
      case .withoutChecksum: "must have a content size, a checksum"
      case .folder: "Is a directory|folder"
      }
    }

    /// Whether reading the outline of the file is enough to see it.
    var isSeenAtOnce: Bool {
      switch self {
      case .flipped, .otherContent, .bomb, .lyingSize: false
      default: true
      }
    }

    func bytes(of frame: [UInt8], _ content: [UInt8]) throws -> [UInt8] {
      var spoilt = frame
      switch self {
      case .flipped: spoilt[frame.count - 2] ^= 1
      case .cut: spoilt.removeLast(10)
      case .cutInHeader: spoilt.removeLast(frame.count - 7)
      case .empty, .folder: spoilt = []
      case .appended: spoilt += [1, 2, 3]
      case .twoFrames: spoilt += frame
      case .garbage: spoilt = Array(content.prefix(frame.count))
      case .otherContent: spoilt = try Frames.compress(content.reversed())
      case .otherSize: spoilt = try Frames.compress(content.dropLast())
      case .lyingSize: spoilt = Frames.zeros(blocks: 1, saying: UInt32(content.count))
      case .bomb: spoilt = Frames.zeros(blocks: 300_000, saying: UInt32(content.count))
      case .withoutChecksum:
        spoilt = Frames.zeros(blocks: 1, saying: UInt32(content.count), checksum: false)
      }
      return spoilt
    }
  }

  /// Below and above the border between one thread and two, and the decoder's own buffer.
  @Test(arguments: Spoilt.allCases, [300_000, 2_500_000])
  func spoiltBlobIsNamedNeverBelievedAndRepaired(kind: Spoilt, size: Int) throws {
    let store = try FixtureStore()
    let bytes = FixtureStore.rows(size)
    let record = try store.addRows("rows", bytes).record
    let file = try #require(record.manifest.files.first)
    let path = store.compressedPath(file.digest)
    try store.replace(path, by: kind.bytes(of: store.content(of: path), bytes))
    if kind == .folder {
      try FileManager.default.removeItem(atPath: path.string)
      try FileManager.default.createDirectory(
        atPath: path.string, withIntermediateDirectories: false)
    }
    if kind.isSeenAtOnce {
      #expect(throws: RegistryError.self) { try store.registry.stored(file) }
      #expect(store.registry.storedSize(of: record) == nil)
    }
    let target = store.folder.path.appending("out")
    #expect(throws: RegistryError.self) { try store.registry.materialise(record, at: target) }
    #expect(!store.isThere(target.appending("rows.ndjson")))
    if kind != .otherContent {
      #expect(throws: RegistryError.self) { try store.registry.bytes(of: file) }
    }

    let problems = try store.registry.verify().problems
    #expect(problems.count == 1)
    let text = try #require(problems.first).description
    #expect(text.contains(kind == .folder ? file.digest.hex : path.string), "\(text)")
    #expect(kind.reason.split(separator: "|").contains { text.contains($0) }, "\(text)")
    #expect(text.contains("rows@v1"), "\(text)")
    guard kind != .folder else { return }

    let lost = try store.registry.repair(from: [])
    #expect(lost.setAside == [file.digest] && lost.restored.isEmpty)
    #expect(lost.lost.map(\.what) == [.blobMissing(file.digest)])
    let copy = try store.folder.file("copy", bytes)
    let repaired = try store.registry.repair(from: [copy])
    #expect(repaired.restored == [file.digest] && repaired.lost.isEmpty)
    #expect(try store.registry.bytes(of: file) == bytes)
    #expect(try store.registry.verify().isSound)
  }

  @Test func compressedBlobsAreRepairedFromAnotherStoreAndFromFrames() throws {
    let (store, other) = (try FixtureStore(), try FixtureStore())
    let sizes = [30_000, 40_000, 50_000]
    let contents = sizes.map { FixtureStore.rows($0, seed: $0) }
    let files = try contents.enumerated().map { index, bytes in
      try other.addRows("rows-\(index)", bytes)
      return try #require(try store.addRows("rows-\(index)", bytes).record.manifest.files.first)
    }
    for file in files {
      try FileManager.default.removeItem(atPath: store.compressedPath(file.digest).string)
    }
    // One comes from the other store, one from a frame that somebody made, one is damaged there.
    try other.replace(other.compressedPath(files[1].digest), by: [])
    var spoilt = try other.content(of: other.compressedPath(files[2].digest))
    spoilt[spoilt.count / 2] ^= 0x55
    try other.replace(other.compressedPath(files[2].digest), by: spoilt)
    let frame = try store.folder.file("somewhere", try Frames.compress(contents[1]))
    let report = try store.registry.repair(from: [other.root, frame])
    #expect(Set(report.restored) == [files[0].digest, files[1].digest])
    #expect(report.lost.map(\.what) == [.blobMissing(files[2].digest)])
    for index in 0...1 {
      #expect(try store.registry.stored(files[index]).isCompressed)
      #expect(try store.registry.bytes(of: files[index]) == contents[index])
    }
    let mode = try FileManager.default.attributesOfItem(
      atPath: store.compressedPath(files[1].digest).string)[.posixPermissions]
    #expect(mode as? Int == 0o444)
  }

  @Test func garbageInEitherFormIsOneBlob() throws {
    let store = try FixtureStore()
    try store.addRows("kept", FixtureStore.rows(20_000, seed: 9))
    let frame = try Frames.compress(Self.bytes)
    try store.replace(store.compressedPath(Self.digest), by: frame)
    try store.replace(store.blobPath(Self.digest), by: Self.bytes)
    let report = try store.registry.verify()
    #expect(report.isSound && report.blobCount == 2 && report.strayBlobs == [Self.digest])
    let plan = try store.registry.gc(dryRun: true)
    #expect(store.isThere(store.compressedPath(Self.digest)))
    let done = try store.registry.gc(dryRun: false)
    #expect(plan.decisions == done.decisions)
    #expect(done.removed.map(\.subject) == [.blob(Self.digest)])
    #expect(done.freedBytes == Int64(Self.bytes.count + frame.count))
    #expect(!store.isThere(store.compressedPath(Self.digest)))
    #expect(!store.isThere(store.blobPath(Self.digest)))
    #expect(try store.registry.verify().blobCount == 1)
  }

  @Test func plainTwinIsReadAndTheCompressedOneCollected() throws {
    let store = try FixtureStore()
    let record = try store.addRows("rows", Self.bytes).record
    let file = try #require(record.manifest.files.first)
    try store.replace(store.blobPath(Self.digest), by: Self.bytes)
    #expect(try store.registry.file(file) == store.blobPath(Self.digest))
    let report = try store.registry.verify()
    #expect(report.isSound && report.blobCount == 1)
    #expect(report.byteCount == 2 * Int64(Self.bytes.count))
    let size = try store.content(of: store.compressedPath(Self.digest)).count
    let plan = try store.registry.gc(dryRun: true)
    let done = try store.registry.gc(dryRun: false)
    #expect(plan.decisions == done.decisions)
    #expect(done.removed.map(\.subject) == [.compressedTwin(Self.digest)])
    #expect(done.freedBytes == Int64(size))
    #expect(!store.isThere(store.compressedPath(Self.digest)))
    #expect(try store.registry.bytes(of: file) == Self.bytes)
    #expect(try store.registry.gc(dryRun: false).removed.isEmpty)
  }

  @Test func compressedTwinOfADamagedPlainFileIsKeptAndSavesIt() throws {
    let store = try FixtureStore()
    let file = try #require(
      try store.addRows("rows", Self.bytes).record.manifest.files.first)
    var damaged = Self.bytes
    damaged[7] ^= 1
    try store.replace(store.blobPath(Self.digest), by: damaged)
    let problems = try store.registry.verify().problems
    #expect(problems.map(\.what) == [.blobDamaged(Self.digest, found: Digest(of: damaged))])
    let collected = try store.registry.gc(dryRun: false)
    #expect(collected.removed.isEmpty)
    #expect(collected.decisions.contains { $0.subject == .compressedTwin(Self.digest) && $0.keep })
    let repaired = try store.registry.repair(from: [])
    #expect(repaired.setAside == [Self.digest] && repaired.restored.isEmpty)
    #expect(repaired.lost.isEmpty)
    #expect(try store.registry.bytes(of: file) == Self.bytes)
    #expect(try store.registry.verify().isSound)
  }

  /// A file of a wrong size is no blob, whatever its form: the other one is read, and adding heals.
  @Test func cutPlainFileIsPassedOverAndAddingAgainReplacesIt() throws {
    let store = try FixtureStore()
    let file = try #require(
      try store.addRows("rows", Self.bytes).record.manifest.files.first)
    let plain = store.blobPath(Self.digest)
    try store.replace(plain, by: Array(Self.bytes.prefix(100)))
    #expect(try store.registry.bytes(of: file) == Self.bytes)
    let cut = Array(try store.content(of: store.compressedPath(Self.digest)).prefix(900))
    try store.replace(store.compressedPath(Self.digest), by: cut)
    #expect(throws: RegistryError.self) { try store.registry.stored(file) }
    try store.addRows("rows", Self.bytes)
    #expect(!store.isThere(plain))
    #expect(try store.registry.stored(file).isCompressed)
    #expect(try store.registry.verify().isSound)
  }

  /// The race of `gcBesideAddsNeverTakesWhatTheyNeed`, with a stray that is compressed.
  @Test func gcBesideAddsNeverTakesCompressedBlobsTheyNeed() async throws {
    let store = try FixtureStore()
    let (registry, other) = (store.registry, try store.reopened())
    for round in 0..<16 {
      let bytes = FixtureStore.rows(20_000, seed: round * 1000)
      let path = store.compressedPath(Digest(of: bytes))
      try store.replace(path, by: Frames.compress(bytes))
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try store.addRows("x", bytes) }
        group.addTask { _ = try other.gc(dryRun: false) }
        try await group.waitForAll()
      }
      #expect(store.isThere(path), "round \(round)")
    }
    #expect(try registry.verify().isSound)
  }
}
