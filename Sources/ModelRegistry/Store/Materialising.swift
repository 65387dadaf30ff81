import MLOpsCore
public import SystemPackage

extension Registry {
  /// Lays the files of a version out in a folder, read-only: hard links into the store where the
  /// file system is the same and the blob is plain, else copies.
  ///
  /// - Throws: `registry.folder_exists` where the folder is there and not empty, or is a file;
  ///   `registry.blob_missing`, `registry.digest_mismatch`, `registry.compressed_blob_damaged`.
  public func materialise(_ version: VersionRecord, at folder: FilePath) throws {
    if let status = try FileSystem.status(folder) {
      guard !status.isRegular, try FileSystem.names(in: folder).isEmpty else {
        throw RegistryError.folderExists(folder)
      }
    }
    try FileSystem.makeFolders(folder)
    for content in version.manifest.files {
      let blob = try stored(content)
      let target = folder.appending(content.path.description)
      try FileSystem.makeFolders(target.removingLastComponent())
      let isLinked =
        try !blob.isCompressed && FileSystem.makeHardLink(target, to: blob.path)
      if !isLinked { try copy(blob, of: content, to: target) }
    }
  }

  private func copy(_ blob: StoredFile, of content: ContentFile, to target: FilePath) throws {
    let source = try OpenFile(reading: blob.path)
    let copy = try OpenFile(creating: target)
    do {
      let (digest, _) = try FileHasher().hash(source, blob.form, copyingTo: copy)
      guard digest == content.digest else {
        throw RegistryError.blobDamaged(content.digest, found: digest)
      }
      try copy.makeReadOnly()
    } catch {
      // Nobody should take part of a file, or another one, for the file.
      _ = try? FileSystem.remove(target)
      throw error
    }
  }
}
