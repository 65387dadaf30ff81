/// Writes the prompts of a task one after the other, as each takes its turn at the generator.
struct HarnessPrompts {
  let task: HarnessTask
  let columns: Set<String>
  /// How many examples stand before each question.
  let count: Int
  var sampler: HarnessSampler
  let poolSize: Int
  let settings: HarnessSettings

  mutating func prompt(_ document: HarnessDocument) throws(EvaluationError) -> String {
    var question = task.question
    question.columns = columns
    var prompt = try description(document)
    if count > 0 {
      let own = task.examples.sparesOwn ? document : nil
      guard let examples = sampler.examples(count, sparing: own) else {
        throw .invalidSuite(
          file: settings.file, line: nil, column: nil,
          reason:
            "\(document.label) needs \(count) examples besides itself, but the split "
            + "'\(task.examples.split ?? "samples")' has \(poolSize) documents")
      }
      var example = task.example
      example.columns = columns
      for one in examples { prompt += try example.example(one) }
    }
    return prompt + (try question.question(document))
  }

  /// What stands before everything; it may name a column, too.
  private func description(_ document: HarnessDocument) throws(EvaluationError) -> String {
    guard let field = task.description else { return "" }
    let value = try field.value(of: document, columns: Set(document.fields.keys)).value
    guard let text = value.string else {
      throw field.fault("expected a text, found the type \(value.typeName)", document)
    }
    return text
  }
}
