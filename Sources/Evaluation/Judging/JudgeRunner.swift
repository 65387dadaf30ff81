import Foundation
public import MLOpsCore

/// Has a judge look at what two sides answered, once both have.
///
/// Each different answer to a case is scored once, whoever gave it. Pairs of different answers are
/// shown in both orders, and nothing is asked of equal ones. Every case's questions follow from the
/// answers alone, so that the same answers are judged the same.
public struct JudgeRunner: Sendable {
  public let suite: Suite
  private let judge: SuiteJudge

  /// Both runs with what the judge said of them, and what is to be told of the judge.
  public struct Judged: Sendable {
    public let baseline: SuiteRun
    public let candidate: SuiteRun
    public let record: JudgeRecord
  }

  /// Nil where the suite has no judge.
  public init?(suite: Suite) {
    guard let judge = suite.judge else { return nil }
    self.suite = suite
    self.judge = judge
  }

  /// Asks what has to be asked, and fills the metrics `judge` and `judge_win`.
  ///
  /// - Parameters:
  ///   - side: the judge; its prompt is not used, as the rubric is one.
  ///   - kin: the sides that are known to be the judge's own weights; a side of the judge's release
  ///     is found out here.
  ///   - store: where the judge's answers are looked for and kept.
  ///   - asksAnew: whether what is there is not looked at, but replaced.
  ///   - deadline: when asking ends.
  /// - Throws: `EvaluationError` with code `evaluation.could_not_measure` where more cases could not
  ///   be judged than may fail, or `evaluation.out_of_time`; `CancellationError`; what the store throws.
  public func run(
    baseline: SuiteRun, candidate: SuiteRun, judge side: EvaluationSide,
    kin: Set<JudgeRecord.Side> = [], answers store: (any AnswerStore)? = nil,
    asksAnew: Bool = false, deadline: Deadline? = nil, progress: ProgressHandler? = nil
  ) async throws -> Judged {
    for run in [baseline, candidate] where run.outcomes.count != suite.cases.count {
      throw EvaluationError.couldNotMeasure(
        reason: "\(run.label) has \(run.outcomes.count) outcomes for \(suite.cases.count) cases")
    }
    var asked = JudgeAnswers()
    let pairs = suite.cases.indices.map { written(at: $0, baseline, candidate) }
    for place in suite.cases.indices {
      for question in questions(at: place, pairs[place]) { asked.add(question) }
    }
    try await asked.ask(
      side, JudgePrompt(suite: suite, judge: judge),
      Asking(store: store, asksAnew: asksAnew, deadline: deadline, progress: progress))
    var (before, after) = (baseline, candidate)
    var tally = JudgeTally(suite: suite, judge: judge)
    for place in suite.cases.indices where !pairs[place].isEmpty {
      let judged = pairs[place].map { tally.judge($0, at: place, asked) }
      before.outcomes[place] = outcome(baseline, place, judged.map(\.baseline))
      after.outcomes[place] = outcome(candidate, place, judged.map(\.candidate))
      tally.compareWithPeople(at: place, judged[0], asked)
    }
    let sides = kin.union(
      [(JudgeRecord.Side.baseline, baseline), (.candidate, candidate)]
        .filter { $0.1.release == side.digest }.map(\.0))
    let record = tally.record(of: side, asked, kin: sides)
    try check(record)
    return Judged(baseline: before, candidate: after, record: record)
  }

  /// What both sides wrote to a case, sample by sample; none where a side failed to run.
  private func written(at place: Int, _ baseline: SuiteRun, _ candidate: SuiteRun) -> [AnswerPair] {
    zip(baseline.outcomes[place].samples, candidate.outcomes[place].samples).map {
      AnswerPair(baseline: $0.judgedText, candidate: $1.judgedText)
    }
  }

  private func questions(at place: Int, _ pairs: [AnswerPair]) -> [JudgeQuestion] {
    var questions: [JudgeQuestion] = []
    if suite.metrics.contains(where: \.isJudgeScore), !pairs.isEmpty {
      let rated = judge.ratedTexts(of: suite.cases[place])
      questions += (pairs.flatMap { [$0.baseline, $0.candidate] } + rated.map(\.text))
        .map { .score(place: place, answer: $0) }
    }
    if suite.metrics.contains(where: \.isJudgeWin) {
      for pair in pairs where !pair.isSame {
        questions += [pair.candidateFirst(place), pair.baselineFirst(place)]
      }
    }
    return questions
  }

  private func outcome(_ run: SuiteRun, _ place: Int, _ judged: [Judgement]) -> SuiteRun.Outcome {
    let samples = zip(run.outcomes[place].samples, judged).map { sample, judgement in
      var sample = sample
      sample.judgement = judgement
      return sample
    }
    return SuiteRun.Outcome(samples, to: suite.cases[place], of: suite)
  }

  /// - Throws: `EvaluationError` with code `evaluation.could_not_measure`.
  private func check(_ record: JudgeRecord) throws(EvaluationError) {
    let unjudged = record.unjudged.filter { $0.metric != JudgeRecord.Unjudged.ofPeople }
    let places = Set(unjudged.map(\.place))
    let count = suite.cases.count
    guard let first = unjudged.first,
      Double(places.count) > suite.gate.maximumFailedShare * Double(count)
    else { return }
    throw .couldNotMeasure(
      reason:
        "\(record.label) could not judge \(places.count) of \(count) cases, the first because: "
        + first.reason.trimmingCharacters(in: ["."]))
  }
}

/// What two sides wrote to the same case.
struct AnswerPair: Hashable {
  let baseline: String
  let candidate: String

  var isSame: Bool { baseline == candidate }

  func candidateFirst(_ place: Int) -> JudgeQuestion {
    .compare(place: place, first: candidate, second: baseline)
  }

  func baselineFirst(_ place: Int) -> JudgeQuestion {
    .compare(place: place, first: baseline, second: candidate)
  }
}

extension Sample {
  /// What a judge reads: all that was written, but for white space around it.
  var judgedText: String { (output ?? "").trimmingCharacters(in: .whitespacesAndNewlines) }
}

extension SuiteJudge {
  /// The texts of a case that people scored.
  func ratedTexts(of one: SuiteCase) -> [(text: String, score: Int)] {
    ((try? humanJudgements(of: one)) ?? []).compactMap {
      guard case .text(let text, let score) = $0 else { return nil }
      return (text.trimmingCharacters(in: .whitespacesAndNewlines), score)
    }
  }
}
