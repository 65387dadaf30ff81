import JSON
import MLOpsCore
import Yams

/// What a suite asks of a model. Each kind is one file in this folder, and a line in `Tasks.all`.
protocol SuiteTask: Sendable {
  /// As in a suite's file.
  static var name: String { get }
  /// The keys of a suite's file that only this kind knows.
  static var keys: [String] { get }
  /// What is measured where the suite does not say.
  static var metrics: [Metric] { get }
  /// Whether a case must have an expected answer.
  static var expectsAnswer: Bool { get }
  /// Whether the model writes, so that a judge has something to read.
  static var writesAnswers: Bool { get }

  /// Whether examples may stand before its questions.
  static var takesExamples: Bool { get }
  /// Whether a question may be put in several ways.
  static var takesRephrasings: Bool { get }

  /// Reads its own keys, and the files that they name.
  ///
  /// - Throws: `EvaluationError`; what reading a file throws.
  init(_ members: [String: Node], _ reader: SuiteReader) throws

  /// The settings, for the suite's digest.
  var json: JSONValue { get }
  /// How many answers each case gets, at least 1.
  var samples: Int { get }
  /// Whether cases run one at a time, as what they take is measured.
  var isTimed: Bool { get }
  /// What written answers are bound to; nil where models write what they like.
  var grammar: SuiteGrammar? { get }
  /// What stands between a question and its answer in a text.
  var separator: String { get }

  /// Completes a case by what the task needs of its record.
  ///
  /// - Throws: `CaseMistake`.
  func completed(_ one: SuiteCase) throws(CaseMistake) -> SuiteCase

  /// The right answer of a case as a model would give it, for examples.
  func shown(_ one: SuiteCase) -> String

  /// What to ask the model.
  ///
  /// - Parameter sample: the number of the answer, from 0.
  /// - Throws: `PromptError`.
  func request(_ one: SuiteCase, _ prompt: CasePrompt, sample: Int) throws -> ModelRequest

  /// What an answer comes to.
  func sample(of answer: ModelAnswer, to one: SuiteCase) -> Sample
}

extension SuiteTask {
  static var keys: [String] { [] }
  static var expectsAnswer: Bool { true }
  static var writesAnswers: Bool { true }
  static var takesExamples: Bool { expectsAnswer }
  static var takesRephrasings: Bool { false }
  var json: JSONValue { [:] }
  var samples: Int { 1 }
  var isTimed: Bool { false }
  var grammar: SuiteGrammar? { nil }
  var separator: String { " " }
  var name: String { Self.name }

  func completed(_ one: SuiteCase) throws(CaseMistake) -> SuiteCase { one }
  func shown(_ one: SuiteCase) -> String { one.label.string ?? one.label.canonical }

  /// An answer of another kind than was asked for, which no model gives.
  func misplaced(_ answer: ModelAnswer) -> Sample {
    Sample(
      output: nil, answer: .unreadable(reason: "the model gave no \(Self.name)"),
      usage: TokenUsage(promptTokens: 0, completionTokens: 0))
  }
}

/// What is wrong with a case, a phrase without a full stop; the reader knows its place.
struct CaseMistake: Error {
  let reason: String
}

/// The kinds of tasks that a suite may name.
enum Tasks {
  static let all: [any SuiteTask.Type] = [
    GenerateTask.self, LabelTask.self, MultipleChoiceTask.self, LikelihoodTask.self,
    PerplexityTask.self, LatencyTask.self,
  ]
}
