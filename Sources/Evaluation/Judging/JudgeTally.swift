import MLOpsCore

/// Collects what a judge said, case after case.
struct JudgeTally {
  typealias Preference = OrderConsistency.Preference

  let suite: Suite
  let judge: SuiteJudge
  private var verdicts: [(candidateFirst: Preference, baselineFirst: Preference)] = []
  private var counts: [Preference: Int] = [:]
  private var identical = 0
  private var scores: [(Int, Int)] = []
  private var preferences: [(Preference, Preference)] = []
  private var isOfSides = false
  private var unjudged: [JudgeRecord.Unjudged] = []

  init(suite: Suite, judge: SuiteJudge) {
    self.suite = suite
    self.judge = judge
  }

  /// What an answer of each side came to.
  mutating func judge(_ pair: AnswerPair, at place: Int, _ asked: JudgeAnswers) -> (
    baseline: Judgement, candidate: Judgement
  ) {
    var (before, after) = (Judgement(), Judgement())
    if suite.metrics.contains(where: \.isJudgeScore) {
      before.score = score(pair.baseline, at: place, asked, of: .baseline)
      after.score =
        pair.isSame ? before.score : score(pair.candidate, at: place, asked, of: .candidate)
    }
    if suite.metrics.contains(where: \.isJudgeWin), let preferred = prefer(pair, at: place, asked) {
      counts[preferred, default: 0] += 1
      after.win = preferred == .tie ? 0.5 : preferred == .candidate ? 1 : 0
      before.win = after.win.map { 1 - $0 }
    }
    return (before, after)
  }

  private mutating func score(
    _ answer: String, at place: Int, _ asked: JudgeAnswers, of side: JudgeRecord.Side?
  ) -> Double? {
    switch asked.reading(.score(place: place, answer: answer)) {
    case .success(let reading): return reading.score(on: judge.scale)
    case .failure(let failure):
      note(failure, place, JudgeScoreMetric.name, side)
      return nil
    }
  }

  /// The side that both orders prefer, else a tie; nil where the judge could not say.
  private mutating func prefer(_ pair: AnswerPair, at place: Int, _ asked: JudgeAnswers)
    -> Preference?
  {
    guard !pair.isSame else {
      identical += 1
      return .tie
    }
    let first = asked.reading(pair.candidateFirst(place))
    let second = asked.reading(pair.baselineFirst(place))
    switch (first, second) {
    case (.success(let first), .success(let second)):
      let verdict = (
        candidateFirst: first.preference(
          first: Preference.candidate, second: .baseline, tie: .tie),
        baselineFirst: second.preference(
          first: Preference.baseline, second: .candidate, tie: .tie)
      )
      verdicts.append(verdict)
      return verdict.candidateFirst == verdict.baselineFirst ? verdict.candidateFirst : .tie
    case (.failure(let failure), _), (_, .failure(let failure)):
      note(failure, place, JudgeWinMetric.name, nil)
      return nil
    }
  }

  private mutating func note(
    _ failure: JudgeAnswers.JudgeFailure, _ place: Int, _ metric: String, _ side: JudgeRecord.Side?
  ) {
    unjudged.append(
      JudgeRecord.Unjudged(place: place, metric: metric, side: side, reason: failure.reason))
  }

  /// Lays what the judge said beside what people did.
  mutating func compareWithPeople(
    at place: Int, _ judged: (baseline: Judgement, candidate: Judgement), _ asked: JudgeAnswers
  ) {
    let one = suite.cases[place]
    for human in (try? judge.humanJudgements(of: one)) ?? [] {
      switch human {
      case .candidate(let score):
        guard let found = judged.candidate.score else { continue }
        scores.append((Int(found.rounded()), score))
      case .preference(let side):
        guard let win = judged.candidate.win else { continue }
        preferences.append((win == 1 ? .candidate : win == 0 ? .baseline : .tie, side))
      case .text: continue
      }
      isOfSides = true
    }
    guard suite.metrics.contains(where: \.isJudgeScore) else { return }
    for (text, score) in judge.ratedTexts(of: one) {
      switch asked.reading(.score(place: place, answer: text)) {
      case .success(let reading):
        scores.append((Int(reading.score(on: judge.scale).rounded()), score))
      case .failure(let failure): note(failure, place, JudgeRecord.Unjudged.ofPeople, nil)
      }
    }
  }

  func record(of side: EvaluationSide, _ asked: JudgeAnswers, kin: Set<JudgeRecord.Side>)
    -> JudgeRecord
  {
    let scored = asked.questions.count { if case .score = $0 { true } else { false } }
    return JudgeRecord(
      label: side.label, digest: side.digest, judge: judge, scored: scored,
      compared: (asked.questions.count - scored) / 2, identical: identical,
      inForm: asked.inForm, orders: OrderConsistency(verdicts),
      wins: suite.metrics.contains(where: \.isJudgeWin)
        ? JudgeRecord.Wins(
          candidate: counts[.candidate] ?? 0, tie: counts[.tie] ?? 0,
          baseline: counts[.baseline] ?? 0) : nil,
      human: judge.human.map { _ in
        HumanAgreement(
          scores: WeightedAgreement(scores), preferences: Agreement(preferences),
          isOfSides: isOfSides)
      },
      unjudged: unjudged, kin: JudgeRecord.Side.allCases.filter(kin.contains),
      confidence: suite.gate.confidence, answersFound: asked.found)
  }
}

extension Metric {
  var isJudgeScore: Bool { definition is JudgeScoreMetric }
  var isJudgeWin: Bool { definition is JudgeWinMetric }
}
