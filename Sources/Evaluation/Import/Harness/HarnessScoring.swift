/// The metrics of a task, as a suite names them.
struct HarnessScoring {
  var metrics: [String] = []
  var notes: [String] = []
  /// What `exact_match` does to outputs and right answers before it compares them.
  var ignoresCase = false
  var ignoresPunctuation = false
  var ignored: [HarnessPattern] = []

  private static let usual: [HarnessTask.Output: [String]] = [
    .choice: ["acc", "acc_norm"], .likelihood: ["perplexity", "acc"],
    .rolling: ["word_perplexity", "byte_perplexity", "bits_per_byte"], .generated: ["exact_match"],
  ]
  /// Names there and here.
  private static let names: [HarnessTask.Output: [String: String]] = [
    .choice: ["acc": "accuracy", "acc_norm": "accuracy_norm", "acc_bytes": "accuracy_bytes"],
    .likelihood: ["perplexity": "log_likelihood", "acc": "greedy_match"],
    .rolling: [
      "word_perplexity": "word_perplexity", "byte_perplexity": "byte_perplexity",
      "bits_per_byte": "bits_per_byte",
    ],
    .generated: [
      "exact_match": "accuracy", "bleu": "bleu", "chrf": "chrf", "rougeL": "rouge_l",
      "rouge_l": "rouge_l",
    ],
  ]

  init(_ settings: HarnessSettings, _ output: HarnessTask.Output) throws(EvaluationError) {
    let known = HarnessScoring.names[output] ?? [:]
    guard let setting = settings["metric_list"] else {
      for name in HarnessScoring.usual[output] ?? [] { add(name, known) }
      return
    }
    var asked: [String] = []
    for metric in setting.value.elements ?? [] {
      guard let name = metric["metric"]?.string ?? metric["metric"].map(\.repr) else {
        throw setting.fault("an element of 'metric_list' has no 'metric'")
      }
      asked.append(name)
      guard known[name] != nil else {
        notes.append("the metric '\(name)' is left out: a suite has none that is the same")
        continue
      }
      add(name, known)
      if output == .generated, name == "exact_match" { try readExactMatch(metric, setting) }
    }
    guard !metrics.isEmpty else {
      throw setting.fault(
        "of the metrics \(asked.joined(separator: ", ")) none can be imported (known for "
          + "\(output.rawValue): \(known.keys.sorted().joined(separator: ", ")))")
    }
  }

  private mutating func add(_ name: String, _ known: [String: String]) {
    guard let own = known[name], !metrics.contains(own) else { return }
    metrics.append(own)
    if own == "log_likelihood" {
      notes.append(
        "'perplexity' becomes 'log_likelihood': lm-eval's is exp(-log_likelihood) of whole targets, a "
          + "suite's 'perplexity' is of tokens")
    }
  }

  private mutating func readExactMatch(_ metric: PythonValue, _ setting: HarnessSettings.Setting)
    throws(EvaluationError)
  {
    ignoresCase = metric["ignore_case"]?.isTrue ?? false
    ignoresPunctuation = metric["ignore_punctuation"]?.isTrue ?? false
    if metric["ignore_numbers"]?.isTrue == true {
      throw setting.fault("'ignore_numbers' cannot be imported: a suite has no filter for it")
    }
    for pattern in metric["regexes_to_ignore"]?.elements ?? [] {
      ignored.append(try HarnessPattern(pattern.text, setting))
    }
    if ignoresPunctuation {
      notes.append(
        "'ignore_punctuation' becomes 'strip_punctuation', which also takes out punctuation beyond ASCII"
      )
    }
  }
}
