import JSON
public import MLOpsCore

/// Cases with metrics and a gate.
public struct Suite: Sendable {
  /// Where the prompt comes from.
  public enum PromptSource: Sendable, Hashable {
    /// Each side's own release.
    case release
    /// A reference, or a path relative to the suite's file.
    case reference(String)
    /// A template in the suite itself.
    case template(String)
  }

  /// What a template's text becomes for the model.
  public enum PromptFormat: String, Sendable, CaseIterable {
    /// Turns of a conversation, in the model's own chat template.
    case chat
    /// The text as it is.
    case text
  }

  public let name: String
  let task: any SuiteTask
  public let prompt: PromptSource
  public let format: PromptFormat
  /// The field of a record that is the question.
  public let input: String
  /// The field of a record with other wordings of the question; nil where none are asked.
  public let rephrasings: String?
  /// The field of a record that is the right answer; nil where none is expected.
  public let expected: String?
  /// The field with other right answers.
  public let alternatives: String?
  /// At least one, each once.
  public let metrics: [Metric]
  /// Fields by whose values the cases are told apart in the report.
  public let slices: [String]
  public internal(set) var gate: Gate
  /// Where the gate comes from, if it is not the suite's own.
  public internal(set) var foreignGate: ForeignGate?
  /// At least 1; nil leaves it to the prompt.
  public let maxTokens: Int?
  /// Nil leaves it to the prompt.
  public let stop: [String]?
  /// What stands before each question; nil for nothing.
  let examples: ExampleSet?
  /// In the order of the data; never empty.
  public let cases: [SuiteCase]
  /// Who judges what is written; nil where nobody does.
  public internal(set) var judge: SuiteJudge?
  /// What is allowed, but hardly meant.
  public let warnings: [SuiteWarning]
  /// Where the labels of answers come from.
  let labelPlace: SuitePlace

  /// What is asked of a model: `label`, `multiple_choice` …
  public var taskName: String { task.name }

  /// The grammar that answers are bound to; nil where models write what they like.
  public var grammar: SuiteGrammar? { task.grammar }

  /// How its questions are put.
  var wordings: Wordings { Wordings(input: input, rephrasings: rephrasings) }

  /// How many answers a case is given: so many samples of each of its wordings.
  func answers(to one: SuiteCase) -> Int { wordings.questions(one).count * task.samples }

  /// The digest of everything that can change a result: settings and cases.
  public var digest: Digest { Digest(of: json) }

  /// The prompt that a side's cases go through, always greedy.
  ///
  /// - Parameter prompt: the release's or the referenced one.
  public func template(over prompt: PromptTemplate?) -> PromptTemplate {
    var template = prompt ?? PromptTemplate(template: "{{\(input)}}")
    if case .template(let text) = self.prompt { template = PromptTemplate(template: text) }
    template.sampling = .greedy
    if let maxTokens { template.maxTokens = maxTokens }
    if let stop { template.stop = stop }
    return template
  }

  private var json: JSONValue {
    var object: [String: JSONValue] = [
      "name": .string(name), "task": .string(task.name), "settings": task.json,
      "prompt": prompt.json, "format": .string(format.rawValue), "input": .string(input),
      "expected": expected.map { .string($0) } ?? .null,
      "alternatives": alternatives.map { .string($0) } ?? .null,
      "metrics": .array(metrics.map { .string($0.description) }),
      "slices": .array(slices.map { .string($0) }), "gate": gate.json,
      "max_tokens": maxTokens.map { .integer($0) } ?? .null,
      "stop": stop.map { .array($0.map { .string($0) }) } ?? .null,
      "cases": .array(cases.map { .string($0.digest.description) }),
    ]
    // A suite without these has the digest that it always had.
    if let examples { object["examples"] = examples.json }
    if let judge { object["judge"] = judge.json }
    if let rephrasings { object["rephrasings"] = .string(rephrasings) }
    return .object(object)
  }
}

extension Suite.PromptSource {
  /// The suite's own template.
  var template: String? { if case .template(let text) = self { text } else { nil } }

  fileprivate var json: JSONValue {
    switch self {
    case .release: .null
    case .reference(let reference): ["reference": .string(reference)]
    case .template(let template): ["template": .string(template)]
    }
  }
}

extension Gate {
  /// The gate with the keys of a suite's file.
  var json: JSONValue {
    [
      "checks": .array(checks.map(\.json)), "alpha": .double(alpha),
      "min_cases": .integer(minimumCases), "max_failed": .double(maximumFailedShare),
      "slices": .object(sliceMargins.mapValues { .double($0) }),
      "must_pass": .array(mustPass.map { .string($0) }),
      "budgets": .object(
        Dictionary(uniqueKeysWithValues: budgets.map { ($0.figure.rawValue, .double($0.limit)) })),
    ]
  }
}

extension Gate.Check {
  /// The check with the keys of a gate's file.
  var json: JSONValue {
    [
      "metric": .string(metric.description), "direction": .string(direction.rawValue),
      "rule": .string(rule.rawValue), "margin": .double(margin),
    ]
  }
}

extension Suite: Hashable {
  public static func == (left: Suite, right: Suite) -> Bool { left.json == right.json }

  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
