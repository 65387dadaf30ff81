public import MLOpsCore
public import SystemPackage

extension Registry {
  /// The path of a file's bytes in the store: read-only, never to be modified.
  ///
  /// - Throws: `registry.blob_missing`, `registry.blob_truncated`.
  public func file(_ content: ContentFile) throws -> FilePath {
    let blob = layout.blob(content.digest)
    guard let status = try FileSystem.status(blob) else {
      throw RegistryError.blobMissing(content.path, content.digest)
    }
    guard status.isRegular, status.size == content.size else {
      throw RegistryError.blobTruncated(
        content.path, content.digest, expected: content.size, found: status.size)
    }
    return blob
  }

  /// Lays the files of a version out in a folder, read-only: hard links into the store where the
  /// file system is the same, else copies.
  ///
  /// - Throws: `registry.folder_exists` where the folder is there and not empty;
  ///   `registry.blob_missing`, `registry.digest_mismatch`.
  public func materialise(_ version: VersionRecord, at folder: FilePath) throws {
    if try FileSystem.status(folder) != nil, try !FileSystem.names(in: folder).isEmpty {
      throw RegistryError.folderExists(folder)
    }
    try FileSystem.makeFolders(folder)
    for content in version.manifest.files {
      let blob = try file(content)
      let target = folder.appending(content.path.description)
      try FileSystem.makeFolders(target.removingLastComponent())
      if try !FileSystem.makeHardLink(target, to: blob) {
        try copy(blob, of: content, to: target)
      }
    }
  }

  private func copy(_ blob: FilePath, of content: ContentFile, to target: FilePath) throws {
    let source = try OpenFile(reading: blob)
    let copy = try OpenFile(creating: target)
    let (digest, _) = try FileHasher().hash(source, copyingTo: copy)
    guard digest == content.digest else {
      throw RegistryError.blobDamaged(content.digest, found: digest)
    }
    try copy.makeReadOnly()
  }
}
