import Foundation
import MLOpsCore
import ModelRegistry
import SystemPackage

extension FixtureStore {
  /// What streams are fed with.
  enum Fill: CaseIterable {
    case rows, zeros, random

    func bytes(_ count: Int) -> [UInt8] {
      switch self {
      case .rows: return FixtureStore.rows(count)
      case .zeros: return [UInt8](repeating: 0, count: count)
      case .random:
        var state = UInt64(count) | 1
        return (0..<count).map { _ in
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return UInt8(truncatingIfNeeded: state >> 56)
        }
      }
    }
  }

  /// Writes content to a new stream in pieces of these sizes, again and again.
  func staged(
    _ bytes: [UInt8], pieces: [Int] = [.max], storage: SourceFile.Storage = .compressed
  ) throws -> StagedContent {
    let stream = try registry.contentStream(storage: storage)
    try FixtureStore.write(bytes, to: stream, pieces: pieces)
    return try stream.finish()
  }

  static func write(_ bytes: [UInt8], to stream: ContentStream, pieces: [Int] = [.max]) throws {
    try bytes.withUnsafeBytes { bytes in
      var (rest, turn) = (bytes, 0)
      while !rest.isEmpty {
        let count = min(pieces[turn % pieces.count], rest.count)
        try stream.write(UnsafeRawBufferPointer(rebasing: rest[..<count]))
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        turn += 1
      }
    }
  }

  @discardableResult
  func add(_ name: String, _ content: StagedContent) throws -> AddOutcome {
    try registry.add(
      VersionDraft(
        name: ArtifactName(name), kind: .dataset,
        files: [
          SourceFile(
            path: ContentPath("rows.ndjson"), content: .staged(content),
            mediaType: "application/x-ndjson")
        ]))
  }

  /// What lies in the store's `tmp/`.
  func inTemporary() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.string + "/tmp")
  }
}
