import MLOpsCore
import SystemPackage

/// What a file of a blob is found to be.
enum BlobState: Sendable {
  /// Bytes of the content.
  case sound(size: Int64)
  case missing
  /// A plain file whose bytes have another digest.
  case damaged(Digest)
  /// A compressed file that is no whole frame of the right content.
  case broken(String)
  case unreadable(String)

  /// Hashes a file's content.
  ///
  /// - Parameter report: gets bytes of the file that were hashed since the last call.
  init(of blob: BlobFile, at path: FilePath, report: @escaping @Sendable (Int64) -> Void) {
    do {
      let file = try OpenFile(reading: path)
      let (found, size) = try FileHasher(report: report).hash(file, blob.form)
      if found == blob.digest {
        self = .sound(size: size)
      } else if blob.form == .compressed {
        self = .broken("its content has \(found)")
      } else {
        self = .damaged(found)
      }
    } catch RegistryError.system(_, _, .noSuchFileOrDirectory) {
      self = .missing
    } catch RegistryError.compressedBlobDamaged(_, let reason) {
      self = .broken(reason)
    } catch {
      self = .unreadable(FailureReport(error).message)
    }
  }

  var isMissing: Bool { if case .missing = self { true } else { false } }
  var isSound: Bool { if case .sound = self { true } else { false } }
}
