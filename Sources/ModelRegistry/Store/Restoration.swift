import Codecs
import MLOpsCore
import SystemPackage

/// Looks for the content of lost blobs in files, and puts back what it finds.
///
/// A file is looked at where its size is that of a lost blob, or where it is a compressed blob that
/// says so; it is put back in the form in which it was found.
struct Restoration {
  /// In the order in which they were found.
  private(set) var restored: [Digest] = []
  private let blobs: BlobStore
  private let staging: StagingFolder
  /// What is still lost, by the size of its content.
  private var wanted: [Int64: Set<Digest>]

  /// - Parameter lost: digests and sizes in bytes.
  init(of lost: [Digest: Int64], blobs: BlobStore, staging: StagingFolder) {
    self.blobs = blobs
    self.staging = staging
    wanted = Dictionary(grouping: lost.keys) { lost[$0] ?? 0 }.mapValues { Set($0) }
  }

  /// Looks at a file, or at each regular file of a folder, until nothing is lost. Symbolic links are
  /// not followed, and what cannot be listed is passed over: it is a candidate, not a source that
  /// was asked for.
  mutating func search(_ path: FilePath) throws {
    var front = [path]
    while let next = front.popLast(), !wanted.isEmpty {
      guard let status = try FileSystem.status(next) else { continue }
      if status.isFolder {
        front += ((try? FileSystem.names(in: next)) ?? []).map { next.appending($0) }
      } else if status.isRegular {
        if wanted[status.size] != nil, try restore(from: next, .plain) { continue }
        if let size = Restoration.sizeInFrame(next), wanted[size] != nil {
          _ = try restore(from: next, .compressed)
        }
      }
    }
  }

  /// What a compressed file says about the size of its content; nil for other files.
  private static func sizeInFrame(_ path: FilePath) -> Int64? {
    guard let file = try? OpenFile(reading: path), let head = try? file.bytes(at: 0, atMost: 4),
      CompressionFormat(head: head) == .zstd
    else { return nil }
    return try? BlobFrame(of: file).contentSize
  }

  /// Puts a copy of the file in place of the lost blob that it is; false where it is none.
  private mutating func restore(from path: FilePath, _ form: BlobForm) throws -> Bool {
    let staged = staging.path.appending("blob-\(restored.count)")
    try FileSystem.remove(staged)
    let source = try OpenFile(reading: path)
    let copy = try OpenFile(creating: staged)
    var (digest, size) = try FileHasher().hash(source, copyingTo: copy)
    if form == .compressed {
      try copy.rewind()
      do throws(RegistryError) {
        (digest, size) = try FileHasher().hash(copy, form)
      } catch .compressedBlobDamaged {
        return false
      }
    }
    guard wanted[size]?.remove(digest) != nil else { return false }
    if wanted[size]?.isEmpty == true { wanted[size] = nil }
    try copy.makeReadOnly()
    try copy.synchronise()
    let shard = try blobs.place(staged, as: BlobFile(digest: digest, form: form))
    try FileSystem.synchroniseFolder(shard)
    restored.append(digest)
    return true
  }
}
