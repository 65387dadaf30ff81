public import JSON
public import MLOpsCore

/// One question with its right answer.
public struct SuiteCase: Sendable, Hashable {
  /// The record's `id`, else `case-<number from 1>`; unique in a suite.
  public let id: String
  /// The whole record, from which the prompt takes its fields.
  public let record: JSONValue
  public let expected: JSONValue
  /// The slice that the case belongs to, by slice field.
  public let slices: [String: String]

  public init(id: String, record: JSONValue, expected: JSONValue, slices: [String: String] = [:]) {
    self.id = id
    self.record = record
    self.expected = expected
    self.slices = slices
  }

  /// The digest of the record.
  public var digest: Digest { Digest(of: record) }
}
