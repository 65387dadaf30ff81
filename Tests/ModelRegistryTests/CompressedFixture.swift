import Codecs
import Foundation
import MLOpsCore
import ModelRegistry
import SystemPackage

extension FixtureStore {
  /// Rows as ingestion writes them; they compress to a fraction.
  static func rows(_ bytes: Int, seed: Int = 0) -> [UInt8] {
    var text: [UInt8] = []
    var row = seed
    while text.count < bytes {
      row += 1
      text += Array("{\"id\":\(row),\"text\":\"문제 \(row &* 7919 % 100_003)번: 답을 쓰세요\"}\n".utf8)
    }
    return Array(text.prefix(bytes))
  }

  /// Adds a file of rows as commands add those they make.
  @discardableResult
  func addRows(_ name: String, _ bytes: [UInt8], storage: SourceFile.Storage = .compressed) throws
    -> AddOutcome
  {
    let file = try folder.file("\(UUID().uuidString).ndjson", bytes)
    defer { try? FileManager.default.removeItem(atPath: file.string) }
    return try registry.add(
      VersionDraft(
        name: ArtifactName(name), kind: .dataset,
        files: [
          SourceFile(
            path: ContentPath("rows.ndjson"), content: .file(file),
            mediaType: "application/x-ndjson", storage: storage)
        ]))
  }

  func compressedPath(_ digest: Digest) -> FilePath { FilePath(blobPath(digest).string + ".zst") }

  func content(of path: FilePath) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path.string)))
  }

  /// Puts other bytes in place of a file of the store.
  func replace(_ path: FilePath, by bytes: [UInt8]) throws {
    try? FileManager.default.removeItem(atPath: path.string)
    try FileManager.default.createDirectory(
      atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: path.string))
  }

  func isThere(_ path: FilePath) -> Bool { FileManager.default.fileExists(atPath: path.string) }
}

/// Frames for tests, made without the store.
enum Frames {
  static func compress(_ bytes: [UInt8]) throws -> [UInt8] {
    let encoder = try ZstdEncoder(contentSize: Int64(bytes.count), level: 3)
    var room = [UInt8](repeating: 0, count: bytes.count + 1000)
    let step = try bytes.withUnsafeBytes { input in
      try room.withUnsafeMutableBytes { try encoder.encode(input, into: $0) }
    }
    var frame = Array(room.prefix(step.made))
    let end = try room.withUnsafeMutableBytes { try encoder.finish(into: $0) }
    frame += room.prefix(end.made)
    return frame
  }

  /// A frame of blocks that repeat a zero 128 KiB times, with a header that says what it likes and
  /// a checksum of nothing.
  static func zeros(blocks: Int, saying size: UInt32, checksum: Bool = true) -> [UInt8] {
    let says = (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }
    var frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, checksum ? 0x84 : 0x80, 7 << 3] + says
    for block in 1...blocks {
      let header = UInt32(128 << 10) << 3 | 1 << 1 | (block == blocks ? 1 : 0)
      frame += (0..<3).map { UInt8(truncatingIfNeeded: header >> (8 * $0)) } + [0]
    }
    return frame + (checksum ? [0, 0, 0, 0] : [])
  }
}
