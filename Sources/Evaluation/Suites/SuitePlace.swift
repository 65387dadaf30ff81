/// Where something of a suite stands.
public struct SuitePlace: Sendable, Hashable {
  /// The suite's file, or one that it names.
  public let file: String
  /// From 1; nil where the whole file is meant.
  public let line: Int?
  /// From 1; nil where the whole line is.
  public let column: Int?

  public init(file: String, line: Int? = nil, column: Int? = nil) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// - Parameter reason: a phrase without a full stop.
  func error(_ reason: String) -> EvaluationError {
    .invalidSuite(file: file, line: line, column: column, reason: reason)
  }
}

extension SuitePlace: CustomStringConvertible {
  /// `file:line:column`
  public var description: String {
    ([file] + [line, column].compactMap { $0.map(String.init) }).joined(separator: ":")
  }
}
