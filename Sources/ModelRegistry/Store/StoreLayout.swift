import MLOpsCore
import SystemPackage

/// Where things lie in the folder of a store (see FORMAT.md).
struct StoreLayout: Sendable {
  let root: FilePath

  var blobs: FilePath { root.appending("blobs").appending("sha256") }
  var database: FilePath { root.appending("registry.db") }
  /// What people thought of answers; made with the first record.
  var feedback: FilePath { root.appending("feedback.db") }
  /// What live traffic came to while releases are compared; made with the first outcome.
  var outcomes: FilePath { root.appending("outcomes.db") }
  /// What models answered, to be found again; made with the first answer, and missed by nobody.
  var answers: FilePath { root.appending("answers.db") }
  var history: FilePath { root.appending("history.git") }
  var staging: FilePath { root.appending("tmp") }
  /// Where `repair` puts damaged blobs aside.
  var damaged: FilePath { staging.appending("damaged") }

  /// The folder of all blobs whose digests begin with the same two digits.
  func shard(of digest: Digest) -> FilePath { blobs.appending(String(digest.hex.prefix(2))) }

  func blob(_ digest: Digest, _ form: BlobForm) -> FilePath {
    shard(of: digest).appending(digest.hex.dropFirst(2) + form.suffix)
  }

  func blob(_ file: BlobFile) -> FilePath { blob(file.digest, file.form) }
}
