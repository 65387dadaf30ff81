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
  /// | `suite` | `name`, `digest`, `task`, `cases` (how many), `gate` (all its settings) |
  /// | `baseline`, `candidate` | `label`, `digest`, `prompt_tokens`, `completion_tokens` |
  /// | `verdict`, `reasons`, `notes`, `more_cases` | the decision; `more_cases` may be null |
  /// | `seeds` | `sampling`, `bootstrap`; beside it `resamples` |
  /// | `metrics` | for each: `metric`, `cases`, `baseline`, `candidate` (`value`, `interval`), `difference` (`value`, `interval`, `bootstrap`), `counts`, `p_value` |
  /// | `slices` | for each: `by`, `value`, `cases`, `baseline`, `candidate`, `difference`, `counts`, `p_worse` |
  /// | `flips` | `fixed`, `broken`: ids of cases |
  /// | `failed` | ids of the cases that failed to run |
  /// | `cases` | for each: `id`, `digest`, `expected`, `baseline`, `candidate` (`output`, `right` by metric, `unreadable`; or `failed`, the reason) |
  public var json: JSONValue {
    [
      "format": .string(EvaluationReport.format),
      "suite": [
        "name": .string(suite.name), "digest": .string(suiteDigest.description),
        "task": .string(suite.task.rawValue), "cases": .integer(suite.cases.count),
        "gate": suite.gate.json,
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
      "flips": ["fixed": ids(comparison.fixed), "broken": ids(comparison.broken)],
      "failed": ids(comparison.failed),
      "cases": .array(
        suite.cases.indices.map { index in
          [
            "id": .string(suite.cases[index].id),
            "digest": .string(suite.cases[index].digest.description),
            "expected": suite.cases[index].expected,
            "baseline": baseline.outcomes[index].json,
            "candidate": candidate.outcomes[index].json,
          ]
        }),
    ]
  }

  private func ids(_ indices: [Int]) -> JSONValue {
    .array(indices.map { .string(suite.cases[$0].id) })
  }
}

extension SuiteRun {
  fileprivate var json: JSONValue {
    var usage = TokenUsage(promptTokens: 0, completionTokens: 0)
    for case .answered(_, _, _, let one) in outcomes {
      usage.promptTokens += one.promptTokens
      usage.completionTokens += one.completionTokens
    }
    return [
      "label": .string(label), "digest": .string(release.description),
      "prompt_tokens": .integer(usage.promptTokens),
      "completion_tokens": .integer(usage.completionTokens),
    ]
  }
}

extension SuiteRun.Outcome {
  fileprivate var json: JSONValue {
    switch self {
    case .failed(let reason): return ["failed": .string(reason)]
    case .answered(let output, let answer, let right, _):
      var object: [String: JSONValue] = [
        "output": .string(output),
        "right": .object(
          Dictionary(uniqueKeysWithValues: right.map { ($0.key.description, .bool($0.value)) })),
      ]
      if let reason = answer.reason { object["unreadable"] = .string(reason) }
      return .object(object)
    }
  }
}

extension MetricComparison {
  fileprivate var json: JSONValue {
    [
      "metric": .string(metric.description), "cases": .integer(counts.total),
      "baseline": ["value": .double(counts.baseline), "interval": baseline.json],
      "candidate": ["value": .double(counts.candidate), "interval": candidate.json],
      "difference": [
        "value": .double(counts.difference), "interval": difference.json,
        "bootstrap": bootstrap?.json ?? .null,
      ],
      "counts": counts.json, "p_value": .double(pValue),
    ]
  }
}

extension SliceComparison {
  fileprivate var json: JSONValue {
    [
      "by": .string(field), "value": .string(value), "cases": .integer(counts.total),
      "baseline": .double(counts.baseline), "candidate": .double(counts.candidate),
      "difference": ["value": .double(counts.difference), "interval": difference.json],
      "counts": counts.json, "p_worse": pWorse.map { .double($0) } ?? .null,
    ]
  }
}

extension Interval {
  fileprivate var json: JSONValue {
    ["lower": .double(lower), "upper": .double(upper), "confidence": .double(confidence)]
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
