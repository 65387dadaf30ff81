public import JSON
public import MLOpsCore

/// One question with its right answer.
public struct SuiteCase: Sendable, Hashable {
  /// The record's `id`, else `case-<number from 1>`; unique in a suite.
  public let id: String
  /// The whole record, from which the prompt takes its fields.
  public let record: JSONValue
  /// Null for tasks that expect nothing.
  public let expected: JSONValue
  /// Other answers that are as right.
  public let alternatives: [JSONValue]
  /// The slice that the case belongs to, by slice field.
  public let slices: [String: String]
  /// What is chosen among; empty for other tasks.
  public let choices: [String]
  /// The places of the right ones among them.
  public let rightChoices: Set<Int>

  public init(
    id: String, record: JSONValue, expected: JSONValue, alternatives: [JSONValue] = [],
    slices: [String: String] = [:], choices: [String] = [], rightChoices: Set<Int> = []
  ) {
    self.id = id
    self.record = record
    self.expected = expected
    self.alternatives = alternatives
    self.slices = slices
    self.choices = choices
    self.rightChoices = rightChoices
  }

  /// The case with another record.
  func with(record: JSONValue) -> SuiteCase {
    SuiteCase(
      id: id, record: record, expected: expected, alternatives: alternatives, slices: slices,
      choices: choices, rightChoices: rightChoices)
  }

  /// The digest of the record.
  public var digest: Digest { Digest(of: record) }

  /// The right label: the expected value, or the text of the right choice.
  var label: JSONValue { rightChoices.min().map { .string(choices[$0]) } ?? expected }

  /// The text whose likelihood is asked for.
  var scored: String { expected.string ?? expected.canonical }
}
