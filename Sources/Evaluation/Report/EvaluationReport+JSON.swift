public import JSON
import MLOpsCore

extension EvaluationReport {
  /// The value of `format`; raised when a reader of this one could misread a newer report.
  public static let format = "mlops.evaluation/v1"

  /// The documented object; its canonical text is what is stored as evidence.
  ///
  /// Shares and differences are numbers in −1 … 1, intervals `{lower, upper, confidence}`.
  ///
  /// | key | holds |
  /// |---|---|
  /// | `format` | `mlops.evaluation/v1` |
  /// | `suite` | `name`, `digest`, `task`, `cases` (how many), `gate` (all its settings), `foreign_gate` (`file` and `digest` of a gate that is not the suite's own, else null) |
  /// | `baseline`, `candidate` | `label`, `digest`, `prompt_tokens`, `completion_tokens` |
  /// | `verdict`, `reasons`, `notes`, `more_cases` | the decision; `more_cases` may be null |
  /// | `seeds` | `sampling`, `bootstrap`; beside it `resamples` |
  /// | `metrics` | for each: `metric`, `cases`, `baseline`, `candidate` (`value`, `interval`), `difference` (`value`, `interval`, `bootstrap`), `counts`, `p_value`; `unit`; null where there is no number |
  /// | `slices` | for each: `by`, `value`, `cases`, `baseline`, `candidate`, `difference`, `counts`, `p_worse` |
  /// | `gaps` | for each field of slices: `by`, `baseline`, `candidate` (largest minus smallest), `smallest`, `largest` |
  /// | `confusion` | for each label that answers have: `by` (a field, or null for the whole answer), `labels`, `baseline`, `candidate` (for each expected label the counts of the answered ones, and last of other answers) |
  /// | `flips` | `fixed`, `broken`: ids of cases |
  /// | `failed` | ids of the cases that failed to run |
  /// | `judge` | where the suite has one: what is to be known of it (`JudgeRecord.json`) |
  /// | `cases` | for each: `id`, `digest`, `expected`, `baseline`, `candidate` (`output`, `values` by metric, `unreadable`, `outputs` of several samples, `log_likelihoods`; or `failed`, the reason) |
  public var json: JSONValue {
    .object(head.merging(["cases": .array(suite.cases.indices.map(caseJSON))]) { $1 })
  }

  /// The bytes of `json.canonicalBytes`, its cases written on all cores.
  public var canonicalBytes: [UInt8] {
    var members = head.mapValues(\.canonicalBytes)
    let cases = ParallelBatches(count: suite.cases.count, batch: 250).results { range in
      range.map { caseJSON($0).canonicalBytes }
    }
    members["cases"] = EvaluationReport.list("[", cases, "]")
    let texts = members.sorted { $0.key < $1.key }.map { name, text in
      JSONValue.string(name).canonicalBytes + ":".utf8 + text
    }
    return EvaluationReport.list("{", texts, "}")
  }

  /// Texts with commas between them, each copied as a whole.
  private static func list(_ open: String, _ texts: [[UInt8]], _ close: String) -> [UInt8] {
    var bytes = Array(open.utf8)
    bytes.reserveCapacity(texts.reduce(2) { $0 + $1.count + 1 })
    for (index, text) in texts.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(contentsOf: text)
    }
    return bytes + close.utf8
  }

  /// All but the cases.
  private var head: [String: JSONValue] {
    var members = plainHead
    if let judge { members["judge"] = judge.json(suite) }
    return members
  }

  private func caseJSON(_ index: Int) -> JSONValue {
    [
      "id": .string(suite.cases[index].id),
      "digest": .string(suite.cases[index].digest.description),
      "expected": suite.cases[index].expected,
      "baseline": baseline.outcomes[index].json(suite.metrics),
      "candidate": candidate.outcomes[index].json(suite.metrics),
    ]
  }

  private var plainHead: [String: JSONValue] {
    [
      "format": .string(EvaluationReport.format),
      "suite": [
        "name": .string(suite.name), "digest": .string(suiteDigest.description),
        "task": .string(suite.taskName), "cases": .integer(suite.cases.count),
        "gate": suite.gate.json,
        "foreign_gate": suite.foreignGate.map {
          ["file": .string($0.file), "digest": .string($0.digest.description)]
        } ?? .null,
      ],
      "baseline": baseline.json, "candidate": candidate.json,
      "verdict": .string(verdict.rawValue),
      "reasons": .array(decision.reasons.map { .string($0) }),
      "notes": .array(decision.notes.map { .string($0) }),
      "more_cases": decision.moreCases.map { .integer($0) } ?? .null,
      "seeds": [
        "sampling": .integer(baseline.seed), "bootstrap": .string(String(bootstrap.seed)),
      ],
      "resamples": .integer(bootstrap.resamples),
      "metrics": .array(comparison.metrics.map(\.json)),
      "slices": .array(comparison.slices.map(\.json)),
      "gaps": .array(comparison.gaps.map(\.json)),
      "confusion": .array(confusions.map(\.json)),
      "flips": ["fixed": ids(comparison.fixed), "broken": ids(comparison.broken)],
      "failed": ids(comparison.failed),
    ]
  }

  private func ids(_ indices: [Int]) -> JSONValue {
    .array(indices.map { .string(suite.cases[$0].id) })
  }
}

extension SuiteRun {
  fileprivate var json: JSONValue {
    var usage = TokenUsage(promptTokens: 0, completionTokens: 0)
    for sample in outcomes.flatMap(\.samples) {
      usage.promptTokens += sample.usage.promptTokens
      usage.completionTokens += sample.usage.completionTokens
    }
    return [
      "label": .string(label), "digest": .string(release.description),
      "prompt_tokens": .integer(usage.promptTokens),
      "completion_tokens": .integer(usage.completionTokens),
    ]
  }
}

extension SuiteRun.Outcome {
  /// - Parameter metrics: the suite's.
  fileprivate func json(_ metrics: [Metric]) -> JSONValue {
    switch self {
    case .failed(let reason): return ["failed": .string(reason)]
    case .answered(let samples, let numbers):
      var object: [String: JSONValue] = [
        "output": output.map { .string($0) } ?? .null,
        "values": SuiteRun.Outcome.values(numbers, of: metrics),
      ]
      if let reason = unreadable { object["unreadable"] = .string(reason) }
      if samples.count > 1 {
        object["outputs"] = .array(samples.map { $0.output.map { .string($0) } ?? .null })
      }
      if let scores = samples.first?.scores, !scores.isEmpty {
        object["log_likelihoods"] = .array(scores.map { .double($0.logLikelihood) })
      }
      return .object(object)
    }
  }
}

extension MetricComparison {
  fileprivate var json: JSONValue {
    [
      "metric": .string(metric.description), "unit": .string(metric.unit.rawValue),
      "cases": .integer(figures.cases),
      "baseline": ["value": number(figures.baseline), "interval": baseline?.json ?? .null],
      "candidate": ["value": number(figures.candidate), "interval": candidate?.json ?? .null],
      "difference": [
        "value": number(figures.difference), "interval": figures.interval.json,
        "bootstrap": bootstrap?.json ?? .null,
      ],
      "counts": figures.counts?.json ?? .null, "p_value": .double(figures.pValue),
    ]
  }
}

extension SliceComparison {
  fileprivate var json: JSONValue {
    [
      "by": .string(field), "value": .string(value), "cases": .integer(figures.cases),
      "baseline": number(figures.baseline), "candidate": number(figures.candidate),
      "difference": ["value": number(figures.difference), "interval": figures.interval.json],
      "counts": figures.counts?.json ?? .null, "p_worse": pWorse.map { .double($0) } ?? .null,
    ]
  }
}

extension SliceGap {
  fileprivate var json: JSONValue {
    [
      "by": .string(field), "baseline": number(baseline), "candidate": number(candidate),
      "smallest": .string(smallest), "largest": .string(largest),
    ]
  }
}

/// JSON has no infinity and no NaN.
private func number(_ value: Double) -> JSONValue { value.isFinite ? .double(value) : .null }

extension Interval {
  var json: JSONValue {
    ["lower": number(lower), "upper": number(upper), "confidence": .double(confidence)]
  }
}

extension PairedCounts {
  fileprivate var json: JSONValue {
    [
      "both_right": .integer(bothRight), "fixed": .integer(fixed), "broken": .integer(broken),
      "both_wrong": .integer(bothWrong),
    ]
  }
}
