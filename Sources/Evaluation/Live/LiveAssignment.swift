import MLOpsCore

/// Which release answers whom while two are compared on live traffic.
///
/// A subject has one position in 0 ..< 1, the same in every process and at every time, and gets the
/// candidate where it lies below the weight. So a subject keeps its arm, one that has the candidate
/// keeps it when the weight grows, and the positions in two tests have nothing to do with each other.
///
/// The position is h / 2⁵³, where h is the number that the first 53 bits of
/// SHA-256(`mlops.ab/v1:` + id + `:` + subject) make, most significant first, of the texts' UTF-8 as it
/// is. Both h / 2⁵³ and the comparison are exact in IEEE doubles, so another program that computes them
/// agrees with this one for every subject.
public struct LiveAssignment: Sendable, Hashable {
  /// One of the two releases.
  public enum Arm: String, Sendable, Hashable, CaseIterable {
    case candidate, baseline
  }

  /// The test's own; without a colon, so that no two pairs of id and subject make one text.
  public let id: String
  /// The share of subjects that gets the candidate, 0 to 1.
  public let weight: Double

  /// - Parameters:
  ///   - id: of letters, digits, `.`, `_` and `-`.
  ///   - weight: 0 to 1.
  public init(id: String, weight: Double) {
    self.id = id
    self.weight = weight
  }

  /// Who answers a subject.
  public func arm(subject: String) -> Arm {
    position(subject: subject) < weight ? .candidate : .baseline
  }

  /// Where a subject lies, 0 ..< 1: uniform over subjects.
  public func position(subject: String) -> Double {
    let high = UInt64(digest(subject: subject).hex.prefix(16), radix: 16) ?? 0
    return Double(high >> 11) / 0x1p53
  }

  /// What a subject is called where outcomes are kept, instead of its name: 32 hexadecimal digits.
  public func pseudonym(subject: String) -> String {
    String(digest(subject: subject).hex.suffix(32))
  }

  private func digest(subject: String) -> Digest {
    Digest(of: Array("mlops.ab/v1:\(id):\(subject)".utf8))
  }
}
