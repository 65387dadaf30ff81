import Codecs
import JSON
import MLOpsCore
import SystemPackage

/// Brings the files of one version into `tmp/`, hashing them, without touching `blobs/`.
///
/// What is there already is hashed and not copied. `commit` moves the rest to its place later,
/// inside the transaction that makes the version.
final class Intake {
  /// How a file's bytes come to be in the store.
  enum Arrival: Sendable { case copied, linked, present }

  private let store: BlobStore
  private let link: Bool
  private let isReadOnly: Bool
  /// Whether some blob of this size is in the catalog, so that hashing first may save a copy.
  private let knowsSize: (Int64) throws -> Bool
  private let hasher: FileHasher
  private var folder: StagingFolder?
  private var counter = 0
  private(set) var staged: [Digest: (path: FilePath, form: BlobForm)] = [:]
  private(set) var arrivals: [Digest: Arrival] = [:]

  init(
    store: BlobStore, link: Bool, isReadOnly: Bool, report: (@Sendable (Int64) -> Void)?,
    knowsSize: @escaping (Int64) throws -> Bool
  ) {
    self.store = store
    self.link = link
    self.isReadOnly = isReadOnly
    self.knowsSize = knowsSize
    hasher = FileHasher(report: report)
  }

  /// Hashes a file and stages it where the store does not have it.
  func take(_ source: SourceFile) throws -> ContentFile {
    let (digest, size) =
      switch source.content {
      case .bytes(let bytes): try take(bytes, source.storage)
      case .file(let path): try take(path, source.storage)
      case .staged(let content): try take(content)
      }
    return ContentFile(path: source.path, digest: digest, size: size, mediaType: source.mediaType)
  }

  private func take(_ bytes: [UInt8], _ storage: SourceFile.Storage) throws -> (Digest, Int64) {
    let digest = Digest(of: bytes)
    let size = Int64(bytes.count)
    if try isHere(digest, size) { return (digest, size) }
    let file = try OpenFile(creating: try freshPath())
    let form = try bytes.withUnsafeBytes { bytes throws in
      try Compressing.write(bytes, to: file, storage)
    }
    try finish(file, as: digest, form, .copied)
    return (digest, size)
  }

  /// Takes what was hashed while it was made.
  private func take(_ content: StagedContent) throws -> (Digest, Int64) {
    let result = (content.digest, content.size)
    if try isHere(content.digest, content.size) { return result }
    let path = try freshPath()
    // A second name: the content keeps its own, so that it can be taken again where this version
    // comes to nothing, or is removed.
    if try FileSystem.makeHardLink(path, to: content.path) {
      try finish(try OpenFile(reading: path), as: content.digest, content.form, .copied)
      return result
    }
    let source = try OpenFile(reading: content.path)
    let copy = try OpenFile(creating: path)
    let copied = try FileHasher().hash(source, content.form, copyingTo: copy, as: content.form)
    guard copied == result else { throw RegistryError.fileChanged(content.path) }
    try finish(copy, as: content.digest, content.form, .copied)
    return result
  }

  private func take(_ path: FilePath, _ storage: SourceFile.Storage) throws -> (Digest, Int64) {
    let source = try OpenFile(reading: path)
    let before = try source.status()
    guard before.isRegular else {
      throw RegistryError.notAFile(path, found: before.typeName)
    }
    let tryCompressing =
      try storage == .compressed
      && Compressing.isWorthTrying(
        size: before.size, head: source.bytes(at: 0, atMost: CompressionFormat.longestMagic))
    let result = try takeRegular(source, before, compressing: tryCompressing)
    let after = try source.status()
    guard after.isUnchanged(since: before), result.1 == before.size else {
      throw RegistryError.fileChanged(path)
    }
    return result
  }

  private func takeRegular(
    _ source: borrowing OpenFile, _ status: FileStatus, compressing: Bool
  ) throws -> (Digest, Int64) {
    var hasher = hasher
    let isLinked = link && !compressing
    if try knowsSize(status.size) || isLinked {
      let (digest, size) = try hasher.hash(source)
      if try isHere(digest, size) { return (digest, size) }
      if isLinked, try stageLink(to: source, as: digest) { return (digest, size) }
      try source.rewind()
      hasher.report = nil  // these bytes were reported
    }
    if compressing {
      let copy = try OpenFile(creating: try freshPath())
      let result = try hasher.hash(source, copyingTo: copy, as: .compressed)
      if try isHere(result.digest, result.size) { return result }
      if try Compressing.wasWorthIt(copy, size: result.size) {
        try finish(copy, as: result.digest, .compressed, .copied)
        return result
      }
      try FileSystem.remove(copy.path)
      try source.rewind()
      hasher.report = nil
    }
    let copy = try OpenFile(creating: try freshPath())
    let result: (digest: Digest, size: Int64)
    if copy.share(source) {
      result = try hasher.hash(copy)
    } else {
      result = try hasher.hash(source, copyingTo: copy)
    }
    if try isHere(result.digest, result.size) { return result }
    try finish(copy, as: result.digest, .plain, .copied)
    return result
  }

  /// Whether the store or this intake has the blob; notes how it arrived.
  private func isHere(_ digest: Digest, _ size: Int64) throws -> Bool {
    if staged[digest] != nil { return true }
    guard try store.has(digest, size: size) else { return false }
    arrivals[digest] = .present
    return true
  }

  private func finish(
    _ file: borrowing OpenFile, as digest: Digest, _ form: BlobForm, _ arrival: Arrival
  ) throws {
    try file.makeReadOnly()
    try file.synchronise()
    staged[digest] = (file.path, form)
    arrivals[digest] = arrival
  }

  /// Gives the user's own inode a second name; false where that cannot be (another file system).
  private func stageLink(to source: borrowing OpenFile, as digest: Digest) throws -> Bool {
    let path = try freshPath()
    guard try FileSystem.makeHardLink(path, to: source.path) else { return false }
    // The path may lead elsewhere by now; what was hashed is what must be linked.
    let linked = try OpenFile(reading: path)
    let (one, other) = (try linked.status(), try source.status())
    guard one.isSameFile(as: other) else { throw RegistryError.fileChanged(source.path) }
    try finish(linked, as: digest, .plain, .linked)
    return true
  }

  private func freshPath() throws -> FilePath {
    guard !isReadOnly else { throw RegistryError.readOnly(store.layout.root) }
    let folder = try folder ?? StagingFolder(in: store.layout.staging)
    self.folder = folder
    counter += 1
    return folder.path.appending("blob-\(counter)")
  }
}
