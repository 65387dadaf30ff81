import Foundation
import MLOpsCore
import ModelRegistry
import SystemPackage

/// A folder that lives as long as a test.
final class TemporaryFolder: Sendable {
  let path: FilePath

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "mlops-registry-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = FilePath(url.path)
  }

  deinit { try? FileManager.default.removeItem(atPath: path.string) }

  /// Writes a file and gives its path.
  func file(_ name: String, _ bytes: some Sequence<UInt8>) throws -> FilePath {
    let path = path.appending(name)
    try Data(bytes).write(to: URL(fileURLWithPath: path.string))
    return path
  }
}

/// A store for a test, and short ways to fill it.
struct FixtureStore {
  let folder: TemporaryFolder
  let registry: Registry
  static let author = Author(name: "Ada Example", email: "ada@example.org")

  init() throws {
    folder = try TemporaryFolder()
    registry = try Registry.create(
      at: folder.path.appending("store"), author: FixtureStore.author)
  }

  var root: FilePath { registry.root }

  func reopened() throws -> Registry {
    try Registry.open(at: root, author: FixtureStore.author)
  }

  @discardableResult
  func add(
    _ name: String, _ text: String, kind: ArtifactKind = .dataset, from: [Ingredient] = [],
    reason: String = ""
  ) throws -> AddOutcome {
    try registry.add(
      VersionDraft(
        name: ArtifactName(name), kind: kind,
        files: [
          SourceFile(
            path: ContentPath("data.txt"), content: .bytes(Array(text.utf8)),
            mediaType: "text/plain")
        ], ingredients: from, reason: reason))
  }

  /// A draft of one file on the disk.
  func draft(_ name: String, file: FilePath, link: Bool = false) throws -> VersionDraft {
    VersionDraft(
      name: try ArtifactName(name), kind: .model,
      files: [
        SourceFile(
          path: try ContentPath("weights.bin"), content: .file(file),
          mediaType: "application/octet-stream")
      ], link: link)
  }

  func resolve(_ text: String) throws -> VersionRecord { try registry.resolve(Reference(text)) }

  /// What `git show` prints of the store's history.
  func history(_ object: String) throws -> String {
    let result = try HistoryFixture.run(
      "git", ["--git-dir", root.appending("history.git").string, "show", object])
    guard result.status == 0 else { throw HistoryFixture.GitFailure(output: result.output) }
    return result.output
  }

  func blobPath(_ digest: Digest) -> FilePath {
    root.appending("blobs").appending("sha256").appending(String(digest.hex.prefix(2)))
      .appending(String(digest.hex.dropFirst(2)))
  }
}
