/// How far a long piece of work has come.
public struct ProgressUpdate: Sendable, Hashable {
  /// What is being done, such as `hashing`.
  public let label: String
  /// In `unit`s.
  public let done: Int64
  /// In `unit`s; nil where it is not known.
  public let total: Int64?
  /// `B` for bytes, else a plural noun such as `cases`.
  public let unit: String

  public init(label: String, done: Int64, total: Int64?, unit: String) {
    self.label = label
    self.done = done
    self.total = total
    self.unit = unit
  }
}

/// Receives updates; called often, from any thread, and must return at once.
public typealias ProgressHandler = @Sendable (ProgressUpdate) -> Void
