/// What a walk is for: a constant of its type, so that a verdict pays nothing for the other purpose.
protocol WalkMode {
  static var collects: Bool { get }
}

/// Ends at the first violation.
enum VerdictWalk: WalkMode {
  @inline(__always) static var collects: Bool { false }
}

/// Notes every violation and goes on to the end of the row.
enum CollectingWalk: WalkMode {
  @inline(__always) static var collects: Bool { true }
}

/// How a walk ended.
enum WalkStep: UInt8 {
  case valid
  /// `failure` is the assertion.
  case invalid
  /// It is no JSON, or a name occurs twice.
  case malformed
  /// `Evaluator` has to decide.
  case undecided
}

enum WalkLimits {
  static let strangers = 1024
  /// Far more than sound schemas need; those that double at each level would need for ever.
  static let leastCredit = 1_000_000
  /// As deep as `JSONParser` goes, and no deeper than the stack.
  static let depth = 500
}
