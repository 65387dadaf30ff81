import MLOpsCore

/// Rows of an input that could not be taken, and what became of them.
public struct LostRows: Sendable, Equatable {
  /// What took them out.
  public enum Cause: Sendable, Equatable {
    /// They are no JSON, or not what the schema says.
    case invalid
    /// They are no JSON, where no schema is asked for.
    case defective
    /// A cleaning step dropped them.
    case step(String)
    /// They were made of others, so nothing is made of them.
    case synthetic
  }

  public let cause: Cause
  /// From 1.
  public let count: Int

  /// Nil for none.
  public init?(_ cause: Cause, _ count: Int) {
    guard count > 0 else { return nil }
    self.cause = cause
    self.count = count
  }

  /// Of the steps of a cleaning, in their order.
  static func dropped(by report: CleaningReport) -> [LostRows] {
    var sums: [(name: String, count: Int)] = []
    for step in report.steps where step.dropped > 0 {
      // Two steps of one name are told together: rows name a step by its name.
      if let place = sums.firstIndex(where: { $0.name == step.name }) {
        sums[place].count += step.dropped
      } else {
        sums.append((step.name, step.dropped))
      }
    }
    return sums.compactMap { LostRows(.step($0.name), $0.count) }
  }

  /// `dropped by filter_length`.
  public var phrase: String {
    switch cause {
    case .invalid: "invalid"
    case .defective: "no JSON"
    case .step(let name): "dropped by \(name)"
    case .synthetic: "synthetic already"
    }
  }

  static func sum(_ lost: [LostRows]) -> Int { lost.reduce(0) { $0 + $1.count } }

  /// One sentence that counts all rows.
  static func message(_ path: String, rows: Int, _ lost: [LostRows], _ first: String?) -> String {
    guard rows > 0 else { return "'\(path)' has no rows." }
    let head =
      rows == 1
      ? "The only row of '\(path)' cannot be taken"
      : "None of the \(Quantity.grouped(Int64(rows))) rows of '\(path)' can be taken"
    // What became of the only row, or of all of them alike, is in the first reason.
    let counts = lost.map { "\(Quantity.grouped(Int64($0.count))) \($0.phrase)" }
    let isTold = counts.isEmpty || rows == 1 && first != nil
    let told = isTold ? "" : ": " + counts.joined(separator: ", ")
    return head + told + (first.map { "; the first reason: \($0)" } ?? "") + "."
  }

  /// What to do about the cause that took most.
  static func advice(_ lost: [LostRows]) -> String? {
    guard let most = lost.max(by: { $0.count < $1.count }) else { return nil }
    switch most.cause {
    case .invalid:
      return "'mlops validate' shows what is wrong with each; mend the rows or the schema."
    case .defective:
      return "Rows are JSON, one a line; 'mlops schema infer' shows what can be read."
    case .step(let name):
      return "Loosen or leave out the step '\(name)', or name other fields in it."
    case .synthetic: return "Augment the dataset that they were made of."
    }
  }
}
