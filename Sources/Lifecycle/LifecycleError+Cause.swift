public import JSON
public import MLOpsCore

extension LifecycleError {
  /// A failure that another one tells of.
  public struct Cause: Sendable, Equatable {
    public let code: String
    public let kind: FailureKind
    public let message: String
    public let advice: String?
    public let facts: [String: JSONValue]

    public init(_ error: any Error) {
      let report = FailureReport(error)
      (code, kind, message) = (report.code, report.kind, report.message)
      (advice, facts) = (report.advice, report.facts)
    }
  }

  /// Does what looks for something that an option names.
  ///
  /// - Parameter option: without hyphens before it.
  /// - Throws: what `body` throws; `LifecycleError.badReference` where it found nothing or something of
  ///   another kind, since that is the mistake of the person who named it.
  static func naming<Value>(_ option: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as LifecycleError where error.code == "lifecycle.wrong_kind" {
      throw LifecycleError.badReference(option: option, cause: Cause(error))
    } catch let error as any Failure where error.kind == .notFound {
      throw LifecycleError.badReference(option: option, cause: Cause(error))
    }
  }
}
