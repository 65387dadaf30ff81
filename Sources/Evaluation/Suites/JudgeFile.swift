import JSON
import MLOpsCore
import Yams

/// Reads `judge`: who judges the answers, and by what.
struct JudgeFile {
  let reader: SuiteReader

  private static let keys = ["release", "rubric", "scale", "reference", "question", "human"]
  /// More steps than this no judge tells apart.
  private static let mostScores = 11

  /// - Parameters:
  ///   - input: the suite's, which is the question where none is said.
  ///   - expected: the suite's, without which there is nothing for `reference` to show.
  func judge(_ node: Node, input: String, expected: String?) throws(EvaluationError) -> SuiteJudge {
    let members = try reader.mapping(node, keys: JudgeFile.keys, of: "a judge")
    func required(_ key: String) throws(EvaluationError) -> String {
      guard let member = members[key] else {
        throw reader.error(at: node, "a judge needs '\(key)'")
      }
      return try reader.string(member, "a judge's \(key)")
    }
    return SuiteJudge(
      release: try required("release"), rubric: try required("rubric"),
      scale: try scale(members["scale"]),
      showsReference: try showsReference(members["reference"], expected),
      question: try members["question"].map { member throws(EvaluationError) in
        try reader.string(member, "a judge's question")
      } ?? "{{\(input)}}",
      human: try members["human"].map { member throws(EvaluationError) in
        try reader.string(member, "a judge's human")
      })
  }

  private func scale(_ node: Node?) throws(EvaluationError) -> ClosedRange<Int> {
    guard let node else { return 1...5 }
    let ends = try reader.list(node, "scale").map { reader.json($0).int }
    guard ends.count == 2, let low = ends[0], let high = ends[1], abs(low) <= 1000,
      abs(high) <= 1000
    else {
      throw reader.error(
        at: node, "scale must be two whole numbers, the worst and the best score, as in [1, 5]")
    }
    guard low < high else {
      throw reader.error(
        at: node, "scale must begin below its end, found [\(low), \(high)]")
    }
    guard high - low < JudgeFile.mostScores else {
      throw reader.error(
        at: node,
        "scale has \(high - low + 1) scores, at most \(JudgeFile.mostScores) can be told apart")
    }
    return low...high
  }

  private func showsReference(_ node: Node?, _ expected: String?) throws(EvaluationError) -> Bool {
    guard let node else { return expected != nil }
    guard let value = reader.json(node).bool else {
      throw reader.error(at: node, "reference must be true or false")
    }
    guard !value || expected != nil else {
      throw reader.error(at: node, "there is no 'expected' answer that the judge could see")
    }
    return value
  }

  /// Checks that the judge and the metrics that need it are both there.
  ///
  /// - Parameters:
  ///   - node: the suite's `judge`.
  ///   - members: the suite's.
  func check(
    _ judge: SuiteJudge?, _ members: [String: Node], _ kind: any SuiteTask.Type,
    _ metrics: [Metric]
  ) throws(EvaluationError) {
    guard let metric = metrics.first(where: { $0.isJudgeScore || $0.isJudgeWin }) else {
      if let node = members["judge"] {
        throw reader.error(
          at: node,
          "nothing is asked of the judge: add '\(JudgeScoreMetric.name)' or '\(JudgeWinMetric.name)' to the metrics"
        )
      }
      return
    }
    let place =
      members["metrics"]?.sequence?.first { $0.scalar?.string == metric.description }
      ?? members["metrics"] ?? Node("")
    guard judge != nil else {
      throw reader.error(
        at: place,
        "the metric '\(metric)' needs a 'judge' in the suite, with its 'release' and 'rubric'")
    }
    guard kind.writesAnswers else {
      throw reader.error(
        at: place, "nothing is written in the task \(kind.name) that '\(metric)' could judge")
    }
  }
}
