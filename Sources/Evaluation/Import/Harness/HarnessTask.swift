/// A task of lm-evaluation-harness, as far as a suite can say the same.
struct HarnessTask {
  enum Output: String, CaseIterable {
    case choice = "multiple_choice"
    case likelihood = "loglikelihood"
    case rolling = "loglikelihood_rolling"
    case generated = "generate_until"
  }

  let settings: HarnessSettings
  let name: String
  let output: Output
  let question: HarnessFormat
  let example: HarnessFormat
  let description: HarnessField?
  /// `test_split`, else `validation_split`.
  let split: String
  let examples: HarnessExamples
  private(set) var notes: [String] = []

  init(_ settings: HarnessSettings) throws(EvaluationError) {
    self.settings = settings
    let reader = HarnessReader(settings: settings)
    try reader.refuseWhatCannotBe()
    name = try reader.text("task") ?? HarnessTask.stem(of: settings.file)
    output = try reader.output()
    guard let split = try reader.first(of: ["test_split", "validation_split"]) else {
      throw reader.fault("the task names neither 'test_split' nor 'validation_split'")
    }
    self.split = split
    description = try reader.field("description")
    let hasChoices = settings["doc_to_choice"] != nil
    question = HarnessFormat(
      text: try reader.field("doc_to_text"), target: try reader.field("doc_to_target"),
      choice: try reader.field("doc_to_choice"), prefix: try reader.field("gen_prefix"),
      targetDelimiter: try reader.text("target_delimiter") ?? " ",
      exampleDelimiter: try reader.text("fewshot_delimiter") ?? "\n\n", hasChoices: hasChoices)
    (examples, example) = try reader.examples(question)
    notes = reader.notes() + examples.notes
    if question.target == nil { throw reader.fault("the task has no 'doc_to_target'") }
    if output == .choice, !hasChoices { throw reader.fault("the task has no 'doc_to_choice'") }
    if output != .rolling, question.text == nil {
      throw reader.fault("the task has no 'doc_to_text'")
    }
  }

  private static func stem(of file: String) -> String {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    return name.split(separator: ".").first.map(String.init) ?? name
  }
}

/// Where the examples before a question come from.
struct HarnessExamples {
  var count: Int?
  var sampler = HarnessSampler.Kind.random
  /// The split of the documents; nil where `inline` has them.
  var split: String?
  /// Documents in the task file.
  var inline: HarnessSplit?
  /// Whether a question's own document is left out.
  var sparesOwn = false
  var notes: [String] = []
}
