public import MLOpsCore

/// Why bytes could not be compressed or decompressed.
///
/// It knows nothing of files: whoever reads one says which.
public enum CodecError: Failure, Equatable {
  /// A phrase without a full stop: `it ends in the middle`.
  case damaged(reason: String)
  case noMemory

  public var code: String {
    switch self {
    case .damaged: "codecs.damaged"
    case .noMemory: "codecs.no_memory"
    }
  }

  public var kind: FailureKind {
    switch self {
    case .damaged: .invalidInput
    case .noMemory: .exhausted
    }
  }

  public var message: String {
    switch self {
    case .damaged(let reason): "Compressed bytes are damaged: \(reason)."
    case .noMemory: "There is no memory to compress or decompress."
    }
  }
}
