/// What a judge made of one answer; nil where it was not asked, or could not say.
public struct Judgement: Sendable, Hashable {
  /// The expected score, within the judge's scale.
  public var score: Double?
  /// Against the other side's answer: 1 won, 0.5 tied, 0 lost.
  public var win: Double?

  public init(score: Double? = nil, win: Double? = nil) {
    self.score = score
    self.win = win
  }
}
