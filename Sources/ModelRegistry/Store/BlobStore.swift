import MLOpsCore
import SystemPackage

/// The files under `blobs/`, each named by its SHA-256 and never modified.
struct BlobStore: Sendable {
  let layout: StoreLayout

  /// Whether the store has a blob of this digest with this size, without reading it.
  func has(_ digest: Digest, size: Int64) throws(RegistryError) -> Bool {
    guard let status = try FileSystem.status(layout.blob(digest)) else { return false }
    return status.isRegular && status.size == size
  }

  /// Moves a finished file to its name; the folder is yet to be synchronised.
  ///
  /// - Returns: the folder that must be synchronised before the blob may be relied on.
  func place(_ staged: FilePath, as digest: Digest) throws(RegistryError) -> FilePath {
    let shard = layout.shard(of: digest)
    if try FileSystem.makeFolder(shard) { try FileSystem.synchroniseFolder(layout.blobs) }
    try FileSystem.rename(staged, to: layout.blob(digest))
    return shard
  }

  /// Every file under `blobs/`: digests, and the paths that are no blob's.
  func list() throws(RegistryError) -> (blobs: [Digest], strangers: [FilePath]) {
    var blobs: [Digest] = []
    var strangers: [FilePath] = []
    for shard in try FileSystem.names(in: layout.blobs) {
      let folder = layout.blobs.appending(shard)
      guard let status = try FileSystem.status(folder), status.isFolder, shard.utf8.count == 2
      else {
        strangers.append(folder)
        continue
      }
      for name in try FileSystem.names(in: folder) {
        if let digest = Digest(hex: shard + name) {
          blobs.append(digest)
        } else {
          strangers.append(folder.appending(name))
        }
      }
    }
    return (blobs, strangers)
  }
}
