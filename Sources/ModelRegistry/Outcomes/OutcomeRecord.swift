public import Foundation

/// One number that live traffic came to, of a comparison of two releases.
public struct OutcomeRecord: Sendable, Hashable {
  /// What the outcome is called where it comes from; outcomes of one key are one. Nil for one without
  /// a name.
  public let key: String?
  /// What stands for whose traffic it was: 32 hexadecimal digits.
  public let subject: String
  /// Who answered: the candidate, else the baseline.
  public let isCandidate: Bool
  public let value: Double
  /// When it happened; nil for now.
  public let at: Date?
  /// Nil for one that is to be recorded.
  public let recordedAt: Date?

  public init(
    key: String? = nil, subject: String, isCandidate: Bool, value: Double, at: Date? = nil,
    recordedAt: Date? = nil
  ) {
    self.key = key
    self.subject = subject
    self.isCandidate = isCandidate
    self.value = value
    self.at = at
    self.recordedAt = recordedAt
  }
}
