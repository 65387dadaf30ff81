import MLOpsCore
import Yams

/// Reads `examples`: what stands before each question.
struct ExamplesFile {
  let reader: SuiteReader
  let task: any SuiteTask
  let wordings: Wordings
  let expected: String?
  /// The suite's own template.
  let template: String?

  private static let keys = [
    "data", "cases", "count", "pick", "seed", "same", "between", "separator",
  ]

  func examples(_ node: Node, before cases: [SuiteCase]) throws -> ExampleSet {
    let members = try reader.mapping(node, keys: ExamplesFile.keys, of: "'examples'")
    guard let counted = members["count"] else {
      throw reader.error(at: node, "'count' is missing: how many examples stand before a question")
    }
    let pick =
      try members["pick"].map { try reader.choice($0, "pick", of: ExampleSet.Pick.self) } ?? .first
    for key in ["seed", "same"] where pick == .first {
      guard let other = members[key] else { continue }
      throw reader.error(at: other, "\(key) needs 'pick: random': the first examples are not drawn")
    }
    let set = ExampleSet(
      examples: try CaseFile(
        reader: reader, task: task, wordings: Wordings(input: wordings.input, rephrasings: nil),
        expected: expected, alternatives: nil,
        slices: [], part: .examples
      ).cases(data: members["data"], inline: members["cases"], of: node),
      count: try reader.int(counted, "count", atLeast: 1), pick: pick,
      seed: try members["seed"].map { try reader.int($0, "seed", atLeast: 0) } ?? 0,
      isSame: try members["same"].map { try reader.bool($0, "same") } ?? false,
      between: try members["between"].map { try reader.text($0, "between") } ?? "\n\n",
      separator: try members["separator"].map { try reader.text($0, "separator") }
        ?? task.separator)
    try checkFields(of: set)
    // Fewer than this many more are left out of none.
    if let one = cases.first(where: { set.places(before: $0, wordings).count < set.count }) {
      let found = set.places(before: one, wordings).count
      throw reader.error(
        at: counted,
        "count asks for \(set.count) examples, but there are \(set.examples.count)"
          + (found < set.examples.count
            ? ", and those equal to the case '\(one.id)' do not count" : ""))
    }
    return set
  }

  /// A release's prompt is known only when the suite runs; the suite's own now.
  private func checkFields(of set: ExampleSet) throws(EvaluationError) {
    guard let template else { return }
    for example in set.examples {
      do {
        _ = try PromptTemplate(template: template).userTurn(for: example.one.record)
      } catch {
        throw CasePrompts.mistake(error, example, of: "the template")
      }
    }
  }
}
