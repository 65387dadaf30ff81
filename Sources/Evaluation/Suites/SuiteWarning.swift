/// Something of a suite that is allowed, but hardly meant.
public struct SuiteWarning: Sendable, Hashable, CustomStringConvertible {
  public let place: SuitePlace
  /// What it is and what follows from it.
  public let sentence: String

  public init(place: SuitePlace, sentence: String) {
    self.place = place
    self.sentence = sentence
  }

  /// `file:line:column: sentence`
  public var description: String { "\(place): \(sentence)" }
}
