import MLOpsCore

/// Reads the settings of a task with their types.
struct HarnessReader {
  let settings: HarnessSettings

  /// What the importer follows or names itself.
  private static let known: Set<String> = [
    "task", "dataset_path", "dataset_name", "dataset_kwargs", "training_split", "validation_split",
    "test_split", "fewshot_split", "doc_to_text", "doc_to_target", "doc_to_choice", "description",
    "target_delimiter", "fewshot_delimiter", "fewshot_config", "num_fewshot", "metric_list",
    "output_type", "generation_kwargs", "repeats", "filter_list", "gen_prefix",
  ]
  /// What would change the questions or the score, and cannot be said by a suite.
  private static let refused = [
    "doc_to_image": "a suite asks with text alone",
    "doc_to_audio": "a suite asks with text alone",
    "use_prompt":
      "the prompts of promptsource are not here; write 'doc_to_text' and 'doc_to_target'",
    "custom_dataset":
      "Python is not run here; write the rows as JSON Lines and name them with --data",
    "process_docs":
      "Python is not run here; write the processed rows as JSON Lines and name them with --data",
    "process_results": "Python is not run here",
    "class": "Python is not run here",
    "task_list": "import each task by itself",
  ]
  /// What changes nothing here.
  private static let ignored = [
    "should_decontaminate": "'mlops contamination' looks for a suite's cases in training data",
    "doc_to_decontamination_query":
      "'mlops contamination' looks for a suite's cases in training data",
    "metadata": "it says nothing of the questions",
    "task_alias": "the suite is called as the task",
    "tag": "a suite stands alone", "group": "a suite stands alone",
    "group_alias": "a suite stands alone",
  ]

  func fault(_ reason: String) -> EvaluationError {
    .invalidSuite(file: settings.file, line: nil, column: nil, reason: reason)
  }

  func refuseWhatCannotBe() throws(EvaluationError) {
    for (key, why) in HarnessReader.refused.sorted(by: { $0.key < $1.key }) {
      if let setting = settings[key] {
        throw setting.fault("'\(key)' cannot be imported: \(why)")
      }
    }
    if let setting = settings["unsafe_code"], setting.value.isTrue {
      throw setting.fault("'unsafe_code' cannot be imported: outputs are not run here")
    }
    if let setting = settings["task"], setting.value.string == nil {
      throw setting.fault("this is a group of tasks; import each task's own file")
    }
  }

  /// One line for each setting that changes nothing.
  func notes() -> [String] {
    settings.members.keys.sorted().compactMap { key in
      guard settings[key] != nil, !HarnessReader.known.contains(key), key != "unsafe_code" else {
        return nil
      }
      if let why = HarnessReader.ignored[key] { return "'\(key)' is ignored: \(why)" }
      let hint = Spelling.nearest(to: key, in: Array(HarnessReader.known)).map {
        "; did you mean '\($0)'?"
      }
      return "'\(key)' is ignored: it is not known here" + (hint ?? "")
    }
  }

  func text(_ key: String) throws(EvaluationError) -> String? {
    guard let setting = settings[key] else { return nil }
    guard let text = setting.value.string else {
      throw setting.fault("'\(key)' must be a text, found the type \(setting.value.typeName)")
    }
    return text
  }

  /// The first text among some keys.
  func first(of keys: [String]) throws(EvaluationError) -> String? {
    for key in keys { if let text = try text(key) { return text } }
    return nil
  }

  func field(_ key: String) throws(EvaluationError) -> HarnessField? {
    guard let setting = settings[key] else { return nil }
    return try HarnessField(key, setting)
  }

  func output() throws(EvaluationError) -> HarnessTask.Output {
    guard let setting = settings["output_type"] else { return .generated }
    guard let output = setting.value.string.flatMap(HarnessTask.Output.init) else {
      let known = HarnessTask.Output.allCases.map(\.rawValue).joined(separator: ", ")
      throw setting.fault("'output_type' is one of \(known), not \(setting.value.repr)")
    }
    return output
  }

  /// Where examples come from, and how they are written: as the question, but for what
  /// `fewshot_config` says.
  func examples(_ question: HarnessFormat) throws(EvaluationError)
    -> (HarnessExamples, HarnessFormat)
  {
    var (examples, format) = (HarnessExamples(), question)
    if let setting = settings["num_fewshot"] {
      guard let count = setting.value.int, (0...1_000).contains(count) else {
        throw setting.fault("'num_fewshot' must be a whole number from 0 to 1000")
      }
      examples.count = count
    }
    var named = try text("fewshot_split")
    if let setting = settings["fewshot_config"] {
      guard case .dict(let dict) = setting.value else {
        throw setting.fault("'fewshot_config' must be a mapping")
      }
      for (key, value) in dict.pairs where value != .none {
        try read(key.text, value, setting, &examples, &format)
      }
      if let split = setting.value["split"]?.string { named = split }
    }
    // Where none is named a training split is taken first, and the question's own at last.
    examples.split = named
    if named != nil { examples.inline = nil }
    if named == nil, examples.inline == nil {
      examples.split = try first(of: ["training_split", "validation_split", "test_split"])
    }
    examples.sparesOwn = try named == text("test_split")
    return (examples, format)
  }

  private func read(
    _ key: String, _ value: PythonValue, _ setting: HarnessSettings.Setting,
    _ examples: inout HarnessExamples, _ format: inout HarnessFormat
  ) throws(EvaluationError) {
    func field() throws(EvaluationError) -> HarnessField {
      let part = HarnessSettings.Setting(
        value: value, file: setting.file, line: setting.line, column: setting.column)
      return try HarnessField("fewshot_config.\(key)", part)
    }
    func text() throws(EvaluationError) -> String {
      guard let text = value.string else {
        throw setting.fault("'\(key)' of 'fewshot_config' must be a text")
      }
      return text
    }
    switch key {
    case "sampler":
      guard let kind = HarnessSampler.Kind(rawValue: try text()) else {
        throw setting.fault("'sampler' is default or first_n, not \(value.repr)")
      }
      examples.sampler = kind
    case "split": _ = try text()
    case "samples":
      guard let elements = value.elements else {
        throw setting.fault("'samples' must be a list of documents")
      }
      examples.inline = try HarnessSplit(inline: elements, setting)
    case "doc_to_text": format.text = try field()
    case "doc_to_target": format.target = try field()
    case "doc_to_choice": format.choice = try field()
    case "gen_prefix": format.prefix = try field()
    case "target_delimiter": format.targetDelimiter = try text()
    case "fewshot_delimiter": format.exampleDelimiter = try text()
    case "fewshot_indices":
      examples.notes.append("'fewshot_indices' is ignored, as lm-eval 0.4.13 does")
    default: throw setting.fault("'fewshot_config' has no key '\(key)' that is understood here")
    }
  }
}
