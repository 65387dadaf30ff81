public import JSON

/// What sort of thing went wrong; decides the exit code and the HTTP status, and nothing else does.
public enum FailureKind: String, Sendable, CaseIterable {
  /// The words of the command itself are wrong: an unknown flag, a malformed reference.
  case usage
  /// The data that a command was given is wrong: a schema violation, a damaged GGUF.
  case invalidInput
  /// What was named does not exist.
  case notFound
  /// The state does not allow it now: somebody else was first, a gate is not passed.
  case conflict
  /// Stored bytes are not what they were.
  case corrupted
  /// Out of memory, disk, time or slots.
  case exhausted
  /// Something that is needed does not answer.
  case unavailable
  /// The caller gave up.
  case cancelled
  /// A regression was found: the candidate is worse.
  case regression
  /// The evidence does not decide.
  case inconclusive
  /// Everything else, our own bugs included.
  case `internal`

  /// The exit code of a command that ends with a failure of this kind (DESIGN.md, section 8).
  public var exitCode: Int32 {
    switch self {
    case .usage: 64
    case .invalidInput: 65
    case .regression: 100
    case .inconclusive: 101
    case .cancelled: 130
    case .notFound, .conflict, .corrupted, .exhausted, .unavailable, .internal: 1
    }
  }

  /// The HTTP status of a request that ends with a failure of this kind.
  public var httpStatus: Int {
    switch self {
    case .usage, .invalidInput: 400
    case .notFound: 404
    case .conflict, .regression, .inconclusive: 409
    case .exhausted: 429
    case .cancelled: 499
    case .unavailable: 503
    case .corrupted, .internal: 500
    }
  }
}

/// An error that can be shown to a person: a stable code, the facts, and what to do.
///
/// Every module's error struct conforms; `FailureReport` renders any of them in one shape.
public protocol Failure: Error, Sendable {
  /// A stable code, `<module>.<what>`: `registry.digest_mismatch`.
  var code: String { get }
  /// Decides exit code and HTTP status.
  var kind: FailureKind { get }
  /// One sentence: what was expected and what was found, and where.
  var message: String { get }
  /// One sentence: what to do next; nil where there is nothing sensible to say.
  var advice: String? { get }
  /// The facts, for `--json` and logs.
  var facts: [String: JSONValue] { get }
}

extension Failure {
  public var advice: String? { nil }
  public var facts: [String: JSONValue] { [:] }
}

/// Any error, seen as a failure.
public struct FailureReport: Sendable {
  public let code: String
  public let kind: FailureKind
  public let message: String
  public let advice: String?
  public let facts: [String: JSONValue]

  /// Takes the facts of a `Failure`; anything else is `internal`, cancellation aside.
  public init(_ error: any Error) {
    switch error {
    case let failure as any Failure:
      code = failure.code
      kind = failure.kind
      message = failure.message
      advice = failure.advice
      facts = failure.facts
    case is CancellationError:
      code = "cancelled"
      kind = .cancelled
      message = "The command was interrupted."
      advice = nil
      facts = [:]
    default:
      code = "internal"
      kind = .internal
      message = String(describing: error)
      advice = nil
      facts = [:]
    }
  }

  /// The documented object that `--json` prints for a failure.
  public var json: JSONValue {
    var error: [String: JSONValue] = [
      "code": .string(code), "kind": .string(kind.rawValue), "message": .string(message),
    ]
    if let advice { error["advice"] = .string(advice) }
    if !facts.isEmpty { error["facts"] = .object(facts) }
    return ["error": .object(error)]
  }
}
