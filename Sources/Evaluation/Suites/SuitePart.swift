/// Why a file that a suite names cannot be read: a phrase without a full stop. The reader knows where
/// it is named.
public struct UnreadablePart: Error {
  public let reason: String

  public init(reason: String) { self.reason = reason }
}

/// A file that a suite's file names.
public enum SuitePart: String, Sendable, Hashable, CaseIterable {
  /// `data`, the cases.
  case data = "cases.ndjson"
  /// `schema`, what answers must satisfy.
  case schema = "schema.json"
  /// The `data` of `examples`.
  case examples = "examples.ndjson"

  /// The file's name in a registered suite, whatever it was called beside the suite's file.
  public var storedName: String { rawValue }
}
