import MLOpsCore

/// What a comparison of two releases on live traffic could not do.
public enum LiveTestProblem: Sendable, Equatable {
  case unknown(String, near: String?)
  case nameTaken(String)
  /// Another test goes on in the environment.
  case otherRuns(String, environment: String)
  case stopped(String)
  /// Both sides are one release; what each was called.
  case sameRelease(String, String)
  /// Outcomes that were to be recorded for a test that reads the feedback log.
  case readsFeedback(String)
  /// Lines that are no outcomes: the first of them, each told in a sentence, and how many there are.
  case invalidOutcomes(file: String, [String], count: Int)
  /// A recorded outcome whose key came again with another content, and its line.
  case outcomeConflict(file: String, line: Int, key: String)
  case noOutcomes(file: String)
  /// The plan of a run cannot be read.
  case damaged(run: String, reason: String)

  var code: String {
    switch self {
    case .unknown: "lifecycle.no_such_test"
    case .nameTaken: "lifecycle.test_name_taken"
    case .otherRuns: "lifecycle.test_runs"
    case .stopped: "lifecycle.test_stopped"
    case .sameRelease: "lifecycle.same_release"
    case .readsFeedback: "lifecycle.test_reads_feedback"
    case .invalidOutcomes: "lifecycle.invalid_outcomes"
    case .outcomeConflict: "lifecycle.outcome_conflict"
    case .noOutcomes: "lifecycle.no_outcomes"
    case .damaged: "lifecycle.test_damaged"
    }
  }

  var kind: FailureKind {
    switch self {
    case .unknown: .notFound
    case .nameTaken, .sameRelease, .readsFeedback: .usage
    case .otherRuns, .stopped: .conflict
    case .invalidOutcomes, .outcomeConflict, .noOutcomes: .invalidInput
    case .damaged: .corrupted
    }
  }

  var message: String {
    switch self {
    case .unknown(let name, _): "There is no A/B test named '\(name)'."
    case .nameTaken(let name): "There is an A/B test named '\(name)' already."
    case .otherRuns(let name, let environment):
      "The A/B test '\(name)' runs in '\(environment)', and a request can be in one only."
    case .stopped(let name): "The A/B test '\(name)' was stopped; its result does not change."
    case .sameRelease(let baseline, let candidate):
      baseline == candidate
        ? "'\(candidate)' cannot be compared with itself."
        : "'\(candidate)' and '\(baseline)' are one release, so there is nothing to compare."
    case .readsFeedback(let name):
      "The A/B test '\(name)' takes its outcomes from the thumbs of the feedback log."
    case .invalidOutcomes(let file, let lines, let count):
      "\(Quantity.count(Int64(count), of: "line")) of '\(file)' \(count == 1 ? "is no outcome" : "are no outcomes"), so nothing was recorded:\n"
        + lines.map { "  \($0)" }.joined(separator: "\n")
        + (count > lines.count
          ? "\n  and \(Quantity.grouped(Int64(count - lines.count))) more" : "")
    case .outcomeConflict(let file, let line, let key):
      "\(file):\(line): the outcome '\(key)' was recorded before with another subject, arm, value or time; nothing was recorded."
    case .noOutcomes(let file): "'\(file)' has no outcomes."
    case .damaged(let run, let reason): "What \(run) compares cannot be read: \(reason)."
    }
  }

  var advice: String? {
    switch self {
    case .unknown(_, let near):
      near.map { "Did you mean '\($0)'?" } ?? "'mlops ab list' shows all."
    case .nameTaken: "Choose another name: a test's result stays under its name."
    case .otherRuns(let name, _):
      "Look at it with 'mlops ab status \(name)', and end it with 'mlops ab stop \(name)'."
    case .stopped(let name):
      "'mlops ab status \(name)' shows the result; begin a new test for new traffic."
    case .sameRelease: "'mlops release create' makes a release of other parts."
    case .readsFeedback:
      "Add thumbs with 'mlops feedback add' or 'mlops feedback import', each with --release and a subject; numbers are for tests with --outcome proxy:NAME."
    case .invalidOutcomes:
      "A line is such as {\"subject\":\"u-17\",\"value\":0.5,\"at\":\"2026-11-21T10:00:00Z\",\"id\":\"r-1\"}."
    case .outcomeConflict: "An id names one outcome: give the new one another id, or leave it out."
    case .noOutcomes: nil
    case .damaged: "'mlops verify' tells what is damaged in the catalog."
    }
  }
}
