public import MLOpsCore

/// What is to be known of the judge of an evaluation, so that its numbers can be trusted or not.
public struct JudgeRecord: Sendable, Hashable {
  /// The two that are judged.
  public enum Side: String, Sendable, Hashable, CaseIterable { case candidate, baseline }

  /// Pairs of answers by whom both orders prefer.
  public struct Wins: Sendable, Hashable {
    public let candidate: Int
    public let tie: Int
    public let baseline: Int
  }

  /// What the judge could not say.
  public struct Unjudged: Sendable, Hashable {
    /// Of the case in the suite.
    let place: Int
    /// `human` of a text that people scored, which is in no figure of a side.
    public let metric: String
    /// Whose answer; nil of a pair.
    public let side: Side?
    /// A sentence.
    public let reason: String

    static let ofPeople = "human"
  }

  /// How people call the judge's release.
  public let label: String
  /// The digest of that release.
  public let digest: Digest
  public let judge: SuiteJudge
  /// Different answers that were to be scored.
  public let scored: Int
  /// Pairs of different answers that were shown in both orders; equal pairs of a case count once.
  public let compared: Int
  /// Pairs of equal answers, which are ties without being shown.
  public let identical: Int
  /// The mean probability that the judge answers in the form it was asked for, 0 … 1; nil where it
  /// answered nothing. Small, it says that the judge would rather have written something else.
  public let inForm: Double?
  /// What the order of two answers changed; nil where no pair was judged.
  public let orders: OrderConsistency?
  /// Nil without the metric `judge_win`.
  public let wins: Wins?
  /// Nil where the suite names no field with people's judgements.
  public let human: HumanAgreement?
  public let unjudged: [Unjudged]
  /// The sides that have the judge's weights.
  public let kin: [Side]
  /// Of its intervals: the gate's.
  public let confidence: Double
  /// How many of the judge's answers were those of an earlier evaluation.
  public let answersFound: Int
}

/// How far a judge and people agree.
public struct HumanAgreement: Sendable, Hashable {
  /// Of the judge's scores, rounded to the scale, with people's; nil where both say nothing of one.
  public let scores: WeightedAgreement?
  /// Of which side's answer is better; nil likewise.
  public let preferences: Agreement?
  /// Whether people's judgements are taken as of what the sides answered now.
  public let isOfSides: Bool
}

extension JudgeRecord {
  /// Sentences about what a reader of the judge's numbers should know.
  func notes(_ suite: Suite) -> [String] {
    var notes: [String] = []
    if !kin.isEmpty {
      let sides = kin.map { "the \($0.rawValue)" }.joined(separator: " and ")
      notes.append(
        "The judge has the weights of \(sides): models tend to prefer their own answers.")
    }
    if let inForm, inForm < 0.01 {
      notes.append(
        "The judge would hardly ever answer as it is asked to (\(Quantity.percent(inForm))): its numbers are weak."
      )
    }
    if let first = unjudged.first {
      let cases = Set(unjudged.map(\.place)).count
      notes.append(
        "The judge could not judge \(Quantity.count(Int64(cases), of: "case")), the first (\(suite.cases[first.place].id)): \(first.reason)"
      )
    }
    if let orders, orders.positionBias <= 0.05 {
      let word = orders.firstTwice > orders.secondTwice ? "first" : "last"
      notes.append(
        "The judge prefers what it reads \(word) (\(PValue.text(orders.positionBias))); such pairs are ties."
      )
    }
    if let human {
      if human.isOfSides {
        notes.append(
          "People's judgements without a text beside them are taken as of these very answers.")
      }
      if human.scores == nil, human.preferences == nil {
        notes.append(
          "No case has a judgement of people in '\(judge.human ?? "")' that the judge's can be compared with."
        )
      }
    }
    return notes
  }
}
