import MLOpsCore
import SystemPackage

extension Registry {
  /// Removes the compressed file of blobs that lie plain in the store too.
  ///
  /// The plain one is what is read, so the other helps nobody, unless the plain one is damaged:
  /// therefore it is hashed first. Twins come about where stores are copied into one another.
  ///
  /// - Parameter gone: blobs that are removed, or would be, for other reasons.
  func collectTwins(dryRun: Bool, sparing gone: Set<Digest>) throws -> [GCDecision] {
    let files = try blobs.list().files
    let plain = Set(files.filter { $0.form == .plain }.map(\.digest)).subtracting(gone)
    return try files.filter { $0.form == .compressed && plain.contains($0.digest) }.map { twin in
      let size = try FileSystem.status(layout.blob(twin))?.size ?? 0
      let plain = BlobFile(digest: twin.digest, form: .plain)
      guard BlobState(of: plain, at: layout.blob(plain), report: { _ in }).isSound else {
        return GCDecision(
          subject: .compressedTwin(twin.digest), keep: true,
          reasons: ["the plain file is damaged; 'mlops repair' puts it aside"], size: size)
      }
      if !dryRun {
        // Under the lock of writers, who may have decided to rely on either file. The plain one may
        // have been collected meanwhile with its versions, never without its twin.
        try write { _ in
          guard try FileSystem.status(layout.blob(plain)) != nil else { return }
          try FileSystem.remove(layout.blob(twin))
        }
      }
      return GCDecision(
        subject: .compressedTwin(twin.digest), keep: false,
        reasons: ["the plain file is whole and is what is read"], size: size)
    }
  }
}
