import MLOpsCore
import SystemPackage

/// The files under `blobs/`, each named by the SHA-256 of its content and never modified.
struct BlobStore: Sendable {
  let layout: StoreLayout

  /// The form in which the store has a blob of this digest and size, without reading its content;
  /// plain where both are there, nil where neither is.
  func form(of digest: Digest, size: Int64) throws(RegistryError) -> BlobForm? {
    if let status = try FileSystem.status(layout.blob(digest, .plain)), status.isRegular,
      status.size == size
    {
      return .plain
    }
    do throws(RegistryError) {
      return try frame(of: digest)?.contentSize == size ? .compressed : nil
    } catch .compressedBlobDamaged {
      return nil
    }
  }

  /// Whether the store has a blob of this digest and size, without reading its content.
  func has(_ digest: Digest, size: Int64) throws(RegistryError) -> Bool {
    try form(of: digest, size: size) != nil
  }

  /// What the compressed file of a blob says about itself; nil where there is none.
  ///
  /// - Throws: `registry.compressed_blob_damaged`, `registry.system`.
  func frame(of digest: Digest) throws(RegistryError) -> BlobFrame? {
    let path = layout.blob(digest, .compressed)
    guard let status = try FileSystem.status(path) else { return nil }
    guard status.isRegular else {
      throw .compressedBlobDamaged(path, reason: "it is \(status.typeName)")
    }
    return try BlobFrame(of: try OpenFile(reading: path))
  }

  /// Bytes on the disk of all files of a blob.
  func storedSize(of digest: Digest) throws(RegistryError) -> Int64 {
    var sum: Int64 = 0
    for form in BlobForm.allCases {
      sum += try FileSystem.status(layout.blob(digest, form))?.size ?? 0
    }
    return sum
  }

  /// Removes all files of a blob.
  func remove(_ digest: Digest) throws(RegistryError) {
    for form in BlobForm.allCases { try FileSystem.remove(layout.blob(digest, form)) }
  }

  /// Moves a finished file to the name of a blob that `has` does not find; the folder is yet to be
  /// synchronised.
  ///
  /// - Returns: the folder that must be synchronised before the blob may be relied on.
  func place(_ staged: FilePath, as blob: BlobFile) throws(RegistryError) -> FilePath {
    let shard = layout.shard(of: blob.digest)
    if try FileSystem.makeFolder(shard) { try FileSystem.synchroniseFolder(layout.blobs) }
    try FileSystem.rename(staged, to: layout.blob(blob))
    // A file of the other form was damaged, or the blob would have been found.
    for form in BlobForm.allCases where form != blob.form {
      try FileSystem.remove(layout.blob(blob.digest, form))
    }
    return shard
  }

  /// Every file under `blobs/`: those of blobs, sorted, and the paths that are no blob's.
  func list() throws(RegistryError) -> (files: [BlobFile], strangers: [FilePath]) {
    var files: [BlobFile] = []
    var strangers: [FilePath] = []
    for shard in try FileSystem.names(in: layout.blobs) {
      let folder = layout.blobs.appending(shard)
      guard let status = try FileSystem.status(folder), status.isFolder, shard.utf8.count == 2
      else {
        strangers.append(folder)
        continue
      }
      for name in try FileSystem.names(in: folder) {
        if let file = BlobStore.file(shard, name) {
          files.append(file)
        } else {
          strangers.append(folder.appending(name))
        }
      }
    }
    return (files, strangers)
  }

  private static func file(_ shard: String, _ name: String) -> BlobFile? {
    let form: BlobForm = name.hasSuffix(BlobForm.compressed.suffix) ? .compressed : .plain
    return Digest(hex: shard + name.dropLast(form.suffix.count)).map {
      BlobFile(digest: $0, form: form)
    }
  }
}
