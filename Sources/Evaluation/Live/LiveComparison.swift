/// Two releases, compared by the outcomes of live traffic as often as one likes.
///
/// There is one look after each day's outcomes (`LookDay`): every subject counts once with the mean of
/// its outcomes until then. What a look refutes stays refuted, so the interval is what all looks so
/// far leave over (the running intersection), and the p-value the least of them. Therefore the result
/// is a function of the outcomes and not of who asked for it when, and harm that was once found stays
/// found. The last day may not be over; its look is the present one.
///
/// The interval holds its confidence at all looks together; a subject whose mean changes after a look
/// has used it makes that an approximation (`SubjectOutcomes`).
public struct LiveComparison: Sendable {
  public let plan: LivePlan
  /// In the order of the days; empty without outcomes.
  public let looks: [LiveLook]
  /// The outcomes' count, those of subjects left out too.
  public let outcomes: Int
  /// Subjects that both arms answered, which are left out.
  public let mixed: Int
  /// The sums of the last look.
  public let sums: ConfidenceSequence
  /// So many more subjects would decide if they were like those so far; nil where it is decided, more
  /// than a billion, or nothing is known yet.
  public let more: Int?

  /// - Parameters:
  ///   - plan: what was agreed on.
  ///   - outcomes: those of the plan, in the order in which they were recorded.
  /// - Throws: `EvaluationError` with code `evaluation.invalid_outcomes` where one is out of range.
  public init(_ plan: LivePlan, outcomes: [LiveOutcome]) throws(EvaluationError) {
    let ordered = outcomes.enumerated()
      .map { (day: LookDay($0.element), at: $0.element.at, place: $0.offset) }
      .sorted { ($0.day, $0.at, $0.place) < ($1.day, $1.at, $1.place) }
    let all = ordered.map { entry in
      SubjectOutcomes.Outcome(
        subject: outcomes[entry.place].subject,
        isCandidate: outcomes[entry.place].arm == .candidate, candidateShare: plan.weight,
        value: outcomes[entry.place].value)
    }
    let share = min(plan.weight, 1 - plan.weight)
    var sums = try ConfidenceSequence(least: plan.least, most: plan.most, leastShare: share)
    var rule = StoppingRule(plan)
    var looks: [LiveLook] = []
    var mixed = 0
    for end in all.indices where end + 1 == all.count || ordered[end].day != ordered[end + 1].day {
      let subjects = SubjectOutcomes(all[...end])
      var now = try ConfidenceSequence(least: plan.least, most: plan.most, leastShare: share)
      try now.add(subjects)
      looks.append(rule.look(now, on: ordered[end].day))
      (sums, mixed) = (now, subjects.mixed.count)
    }
    self.plan = plan
    self.looks = looks
    self.outcomes = all.count
    self.mixed = mixed
    self.sums = sums
    more = rule.decision == .goOn ? rule.more(sums) : nil
  }

  /// Where it stands after all looks.
  public var decision: LiveLook.Decision { looks.last?.decision ?? .goOn }

  /// The first look that said what the last one does; nil where nothing is decided.
  public var decidedAt: LiveLook? {
    decision == .goOn ? nil : looks.first { $0.decision == decision }
  }

  /// What all looks leave over: where the ends are the wrong way round, the effect was not steady.
  public var interval: Interval {
    looks.last?.interval ?? sums.interval(confidence: 1 - plan.alpha)
  }

  /// P that evidence against equal arms ever gets as strong as it was, were they equal.
  public var pValue: Double { looks.last?.pValue ?? 1 }

  /// P that the arms ever get as uneven in subjects as they are, were the weight the true share.
  public var sampleRatioPValue: Double {
    SampleRatioTest.pValue(
      candidate: sums.candidate.subjects, baseline: sums.baseline.subjects,
      candidateShare: plan.weight) ?? 1
  }

  /// Whether an arm has lost subjects, so that nothing else here can be trusted.
  public var isUneven: Bool { sampleRatioPValue < 0.001 }

  /// Whether some difference is left over: a steady one is, but for a chance of alpha.
  public var isConsistent: Bool { interval.lower <= interval.upper }
}

/// What the looks so far leave over, and what follows from it.
private struct StoppingRule {
  let plan: LivePlan
  private(set) var decision = LiveLook.Decision.goOn
  private var lower: Double
  private var upper: Double
  private var pValue = 1.0

  init(_ plan: LivePlan) {
    self.plan = plan
    upper = plan.most - plan.least
    lower = -upper
  }

  mutating func look(_ sums: ConfidenceSequence, on day: LookDay) -> LiveLook {
    let interval = sums.interval(confidence: 1 - plan.alpha)
    lower = max(lower, interval.lower)
    upper = min(upper, interval.upper)
    pValue = min(pValue, sums.pValue)
    decide(sums.subjects)
    return LiveLook(
      day: LookDay.text(day.happened), recordedOn: LookDay.text(day.recorded),
      candidate: LiveLook.Arm(sums.candidate), baseline: LiveLook.Arm(sums.baseline),
      difference: sums.subjects > 0 ? sums.difference : nil,
      interval: Interval(lower: lower, upper: upper, confidence: 1 - plan.alpha),
      pValue: pValue, decision: decision)
  }

  /// The first decision stands, but for harm, which comes before all others.
  private mutating func decide(_ subjects: Int) {
    let isHigher = plan.direction == .higher
    if isHigher ? upper < 0 : lower > 0 {
      decision = .worse
      return
    }
    guard decision == .goOn, subjects >= plan.minSubjects else { return }
    if isHigher ? lower > 0 : upper < 0 {
      decision = .better
    } else if let margin = plan.margin, lower > -margin, upper < margin {
      decision = .equivalent
    }
  }

  func more(_ sums: ConfidenceSequence) -> Int? {
    let missing = plan.minSubjects - sums.subjects
    switch sums.decision(margin: plan.margin, confidence: 1 - plan.alpha) {
    case .goOn(let more): return more.map { max($0, missing) }
    default: return missing > 0 ? missing : nil
    }
  }
}
