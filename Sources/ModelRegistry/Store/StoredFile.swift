import Codecs
public import MLOpsCore
public import SystemPackage

/// The file in the store that holds the content of a version's file: read-only, never to be
/// modified.
public struct StoredFile: Sendable, Hashable {
  public let path: FilePath
  /// Whether the file is one Zstandard frame of the content, rather than the content itself.
  public var isCompressed: Bool { form == .compressed }
  /// Bytes on the disk.
  public let size: Int64
  let form: BlobForm
}

extension Registry {
  /// Where a file's content lies, and how; its plain form where the store has both.
  ///
  /// The content is not read: of a plain file the size is checked, of a compressed one also that it
  /// is one whole frame.
  /// - Throws: `registry.blob_missing`, `registry.blob_truncated`,
  ///   `registry.compressed_blob_damaged`.
  public func stored(_ content: ContentFile) throws -> StoredFile {
    let plain = layout.blob(content.digest, .plain)
    let status = try FileSystem.status(plain)
    if let status, status.isRegular, status.size == content.size {
      return StoredFile(path: plain, size: status.size, form: .plain)
    }
    func truncated(_ found: Int64) -> RegistryError {
      .blobTruncated(content.path, content.digest, expected: content.size, found: found)
    }
    guard let frame = try blobs.frame(of: content.digest) else {
      throw status.map { truncated($0.size) }
        ?? RegistryError.blobMissing(content.path, content.digest)
    }
    guard frame.contentSize == content.size else { throw truncated(frame.contentSize) }
    let path = layout.blob(content.digest, .compressed)
    return StoredFile(
      path: path, size: try FileSystem.status(path)?.size ?? 0, form: .compressed)
  }

  /// The path of a file's plain bytes in the store, to be mapped into memory or linked.
  ///
  /// - Throws: as `stored`; `registry.blob_compressed` where the store has it compressed only.
  public func file(_ content: ContentFile) throws -> FilePath {
    let found = try stored(content)
    guard !found.isCompressed else {
      throw RegistryError.blobCompressed(content.path, found.path)
    }
    return found.path
  }

  /// The content of a small file, in memory.
  ///
  /// - Throws: as `stored`, where the content turns out damaged too.
  public func bytes(of content: ContentFile) throws -> [UInt8] {
    let found = try stored(content)
    let file = try OpenFile(reading: found.path)
    var reader = try ContentInput(file, found.form).reader()
    let buffer = PageBuffer(size: 64 << 10)
    var bytes: [UInt8] = []
    // A file that grows is not followed.
    while Int64(bytes.count) <= content.size {
      let count = try reader.fill(buffer).count
      if count == 0 { break }
      bytes += buffer.prefix(count)
    }
    guard Int64(bytes.count) == content.size else {
      throw RegistryError.blobTruncated(
        content.path, content.digest, expected: content.size, found: Int64(bytes.count))
    }
    return bytes
  }

  /// Bytes that the files of a version take on the disk; nil where some are missing or damaged.
  public func storedSize(of version: VersionRecord) -> Int64? {
    var seen: Set<Digest> = []
    var sum: Int64 = 0
    for file in version.manifest.files where seen.insert(file.digest).inserted {
      guard let size = try? stored(file).size else { return nil }
      sum += size
    }
    return sum
  }
}
