import JSON

/// Writes `suite.yaml`.
struct HarnessSuiteFile {
  let yaml: String
  private(set) var notes: [String] = []

  init(
    _ task: HarnessTask, _ settings: HarnessSettings, _ scoring: HarnessScoring,
    _ answers: HarnessAnswers, _ cases: [JSONValue], filter: String?
  ) throws(EvaluationError) {
    var lines = ["name: \(HarnessSuiteFile.quoted(HarnessSuiteFile.name(task.name)))"]
    func list(_ values: [String]) -> String {
      "[" + values.map(HarnessSuiteFile.quoted).joined(separator: ", ") + "]"
    }
    let prompt = [
      "format: text", "template: \"{{context}}\"", "input: context", "expected: answer",
    ]
    switch task.output {
    case .choice:
      lines += ["task: multiple_choice", "data: cases.ndjson"] + prompt
      lines += [
        "choices: choices", "separator: \(HarnessSuiteFile.quoted(task.question.targetDelimiter))",
        "border: count",
      ]
    case .likelihood:
      // The target is scored as it is, with no delimiter before it.
      lines += ["task: loglikelihood", "data: cases.ndjson"] + prompt
      lines += ["separator: \"\"", "border: count"]
    case .rolling: lines += ["task: perplexity", "data: cases.ndjson", "input: text"]
    case .generated:
      lines += ["task: generate", "data: cases.ndjson"] + prompt
      if answers.hasSeveral { lines.append("alternatives: alternatives") }
      let generation = try HarnessGeneration(settings, task.question.exampleDelimiter)
      notes += generation.notes
      lines.append("max_tokens: \(generation.length)")
      if !generation.stops.isEmpty { lines.append("stop: \(list(generation.stops))") }
      lines.append("temperature: \(JSONValue.double(generation.temperature).canonical)")
      var filters = try HarnessFilters(settings, named: filter)
      try filters.add(scoring, cases, settings)
      notes += filters.notes
      if !filters.steps.isEmpty {
        lines.append("filters:")
        lines += filters.steps.map { "  - \($0.yaml)" }
      }
      notes.append("white space around an output does not count in a suite; in lm-eval it does")
    }
    if task.output != .generated {
      if settings["filter_list"] != nil {
        notes.append("'filter_list' is ignored: nothing is generated")
      }
      if settings["generation_kwargs"] != nil {
        notes.append("'generation_kwargs' is ignored: nothing is generated")
      }
    }
    if let repeats = settings["repeats"], repeats.value != .int(1) {
      notes.append("'repeats' is ignored: each case is asked once, which 'take_first' comes to")
    }
    lines.append("metrics: [\(scoring.metrics.joined(separator: ", "))]")
    yaml = lines.joined(separator: "\n") + "\n"
  }

  /// A text in double quotes, which JSON and YAML write alike.
  static func quoted(_ text: String) -> String { JSONValue.string(text).canonical }

  /// Names of artifacts have fewer characters than those of tasks.
  static func name(_ task: String) -> String {
    let mapped = task.lowercased().unicodeScalars.map { scalar in
      "abcdefghijklmnopqrstuvwxyz0123456789_".unicodeScalars.contains(scalar)
        ? Character(scalar) : "-"
    }
    let name = String(mapped).split(separator: "-").joined(separator: "-")
    let start = name.drop { $0 == "_" || $0 == "-" }
    return start.isEmpty ? "task" : String(start.prefix(100))
  }
}

extension SuiteFilter {
  fileprivate var yaml: String {
    switch self {
    case .word(let word): word
    case .pair(let key, let value): "\(key): \(HarnessSuiteFile.quoted(value))"
    }
  }
}

extension HarnessFilters {
  /// What `exact_match` does to outputs, behind the pipeline.
  mutating func add(_ scoring: HarnessScoring, _ cases: [JSONValue], _ settings: HarnessSettings)
    throws(EvaluationError)
  {
    if !scoring.ignored.isEmpty {
      let isNumeric = cases.allSatisfy { one in
        ([one["answer"]] + (one["alternatives"]?.array ?? [])).allSatisfy {
          $0?.string.map(HarnessAnswers.isNumber) ?? false
        }
      }
      guard isNumeric else {
        throw settings["metric_list"]?.fault(
          "'regexes_to_ignore' cannot be imported: a suite takes nothing out of outputs, and the right "
            + "answers are not all numbers, which could be compared as such")
          ?? .couldNotMeasure(reason: "regexes_to_ignore")
      }
      steps.append(.word(steps.contains { $0.isFirst } ? "first_number" : "last_number"))
      notes.append(
        "'regexes_to_ignore' becomes a number filter: right answers are all numbers, and outputs are "
          + "compared as numbers")
    }
    if scoring.ignoresCase { steps.append(.word("lowercase")) }
    if scoring.ignoresPunctuation { steps.append(.word("strip_punctuation")) }
  }
}

extension SuiteFilter {
  /// Whether it takes the first match.
  fileprivate var isFirst: Bool { if case .pair("regex", _) = self { true } else { false } }
}
