import MLOpsCore

/// How the bytes of a blob lie on the disk; its digest is of its content in either form.
enum BlobForm: Sendable, Hashable, CaseIterable, Comparable {
  case plain
  /// One Zstandard frame (FORMAT.md, section 2).
  case compressed

  /// What the form adds to the name of the blob's file.
  var suffix: String {
    switch self {
    case .plain: ""
    case .compressed: ".zst"
    }
  }
}

/// One file under `blobs/`; a blob may have two, one of each form.
struct BlobFile: Sendable, Hashable, Comparable {
  let digest: Digest
  let form: BlobForm

  static func < (one: BlobFile, other: BlobFile) -> Bool {
    (one.digest, one.form) < (other.digest, other.form)
  }
}
