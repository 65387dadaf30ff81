public import JSON

/// What a dataset of feedback is for, and how it is made.
public struct FeedbackBuildOptions: Sendable, Equatable {
  /// How a model will learn from it.
  public enum Method: String, Sendable, CaseIterable {
    /// The right answer to each question.
    case sft
    /// Pairs of a better and a worse answer.
    case dpo
    /// Answers with whether they are good.
    case kto
  }

  /// What decides where people contradict each other.
  public enum Conflicts: String, Sendable, CaseIterable {
    /// The latest judgement.
    case latest
    /// What most people say; the latest of them where as many say the opposite.
    case majority
    /// The first of the named raters who judged; the latest judgement where none did.
    case rater
    /// Nothing: what is contested is left out.
    case drop
  }

  /// What is done about classes that have more rows than others.
  public enum Balance: String, Sendable, CaseIterable {
    case none
    /// Rows of large classes are left out.
    case cap
    /// Rows of small classes are repeated.
    case fill
  }

  public var method: Method
  public var conflicts: Conflicts
  /// Whose word counts, the first the most; only for `rater`.
  public var raters: [String]
  public var balance: Balance
  /// What a row's class is: a pointer into `{"input", "answer", "label"}`; the answer where nil, for
  /// KTO the label.
  public var balanceBy: JSONPointer?
  /// Rows that each class should have; the median where nil.
  public var perClass: Int?
  /// The members of an answer that is an object in the order in which its text has them; empty for
  /// the canonical order.
  public var labelKeys: [String]

  public init(
    method: Method = .sft, conflicts: Conflicts = .latest, raters: [String] = [],
    balance: Balance = .none, balanceBy: JSONPointer? = nil, perClass: Int? = nil,
    labelKeys: [String] = []
  ) {
    self.method = method
    self.conflicts = conflicts
    self.raters = raters
    self.balance = balance
    self.balanceBy = balanceBy
    self.perClass = perClass
    self.labelKeys = labelKeys
  }

  public var json: JSONValue {
    [
      "method": .string(method.rawValue), "conflicts": .string(conflicts.rawValue),
      "raters": .array(raters.map { .string($0) }), "balance": .string(balance.rawValue),
      "balance_by": balanceBy.map { .string($0.description) } ?? .null,
      "per_class": perClass.map { .integer($0) } ?? .null,
      "label_keys": .array(labelKeys.map { .string($0) }),
    ]
  }
}
