public import MLOpsCore

/// One thing that is not as it should be.
public struct VerifyProblem: Sendable, Hashable, CustomStringConvertible {
  public enum What: Sendable, Hashable {
    /// A version needs the blob and it is not there.
    case blobMissing(Digest)
    /// The blob's bytes have another digest.
    case blobDamaged(Digest, found: Digest)
    /// The compressed file of the blob, at a path, is no whole frame of the blob's content. The
    /// reason is a phrase about the file.
    case compressedBlobDamaged(Digest, path: String, reason: String)
    /// The blob could not be read.
    case blobUnreadable(Digest, reason: String)
    /// A file under `blobs/` that is none.
    case strangeFile(path: String)
    /// A statement of FORMAT.md, section 8, does not hold.
    case catalog(invariant: Int, detail: String)
    /// `feedback.db` is damaged.
    case feedback(detail: String)
    /// `outcomes.db` is damaged.
    case outcomes(detail: String)
    /// `history.git` lacks events, and why it could not be written.
    case historyBehind(events: Int64, reason: String?)
  }

  public let what: What
  /// The versions that need it.
  public let versions: [Reference]
  /// The aliases that point at those versions.
  public let aliases: [Reference]
  /// The generations that serve one of those versions or something made from it: `production#3`.
  public let generations: [String]

  /// Whether `repair` can do something about it: put bytes back, or write the history anew.
  public var isRepairable: Bool {
    switch what {
    case .blobMissing, .blobDamaged, .compressedBlobDamaged, .historyBehind: true
    case .blobUnreadable, .strangeFile, .catalog, .feedback, .outcomes: false
    }
  }

  public var description: String {
    let text =
      switch what {
      case .blobMissing(let digest): "blob \(digest) is missing"
      case .blobDamaged(let digest, let found): "blob \(digest) is damaged: its bytes have \(found)"
      case .compressedBlobDamaged(let digest, let path, let reason):
        "blob \(digest) is damaged: '\(path)': \(reason)"
      case .blobUnreadable(let digest, let reason): "blob \(digest) cannot be read: \(reason)"
      case .strangeFile(let path): "'\(path)' is no blob"
      case .catalog(let invariant, let detail): "invariant \(invariant) is broken: \(detail)"
      case .feedback(let detail): "the feedback is damaged: \(detail)"
      case .outcomes(let detail): "the outcomes of live traffic are damaged: \(detail)"
      case .historyBehind(let events, let reason):
        if events == 0, let reason {
          "the history cannot be read: \(reason) 'mlops repair' writes it anew."
        } else {
          "the history lacks \(events) events" + (reason.map { ": \($0)" } ?? "")
        }
      }
    let users = versions.map(\.description) + aliases.map(\.description) + generations
    return users.isEmpty ? text : "\(text); needed by \(users.joined(separator: ", "))"
  }
}

/// What a verification found.
public struct VerifyReport: Sendable {
  public let blobCount: Int
  /// Bytes that were hashed.
  public let byteCount: Int64
  public let versionCount: Int
  /// Blobs that no version needs; `gc` removes them.
  public let strayBlobs: [Digest]
  public let problems: [VerifyProblem]

  public var isSound: Bool { problems.isEmpty }
}

extension VerifyProblem {
  /// A problem that is no single version's.
  init(_ what: What) { self.init(what: what, versions: [], aliases: [], generations: []) }
}
