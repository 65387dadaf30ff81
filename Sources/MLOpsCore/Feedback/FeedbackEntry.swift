public import Foundation

/// A record of feedback as a store has it.
public struct FeedbackEntry: Sendable {
  /// Its place in the order of arrival, from 1.
  public let sequence: Int64
  /// What it is called in datasets that were made with it.
  public let digest: Digest
  public let recordedAt: Date
  /// When the judgement was made; when it arrived where that is not known.
  public let judgedAt: Date
  /// Without the person whose data it is.
  public let record: FeedbackRecord

  public init(
    sequence: Int64, digest: Digest, recordedAt: Date, judgedAt: Date, record: FeedbackRecord
  ) {
    self.sequence = sequence
    self.digest = digest
    self.recordedAt = recordedAt
    self.judgedAt = judgedAt
    self.record = record
  }
}
