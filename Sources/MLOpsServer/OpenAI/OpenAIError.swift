import HTTPTypes
import Hummingbird
import JSON
import MLOpsCore

/// A failure as OpenAI's clients expect it: `{"error": {"message", "type", "param", "code"}}`.
struct OpenAIError {
  let status: HTTPResponse.Status
  let json: JSONValue
  let retryAfter: Int?
  /// The methods that the address takes, where another was used.
  let allow: [String]?

  /// - Parameter isTrusted: whether the caller may read what our own insides say; everybody else
  ///   is told no more than the code, since such messages name files.
  init(_ error: any Error, isTrusted: Bool = false) {
    let report = FailureReport(error)
    let serverError = error as? ServerError
    let message =
      serverError != nil || isTrusted
      ? OpenAIError.fullMessage(report) : OpenAIError.publicMessage(report)
    status = OpenAIError.status(of: serverError, kind: report.kind)
    retryAfter = status == .tooManyRequests || status == .serviceUnavailable ? 1 : nil
    if case .methodNotAllowed(_, let allowed)? = serverError {
      allow = allowed
    } else {
      allow = nil
    }
    json = [
      "error": [
        "message": .string(message), "type": .string(OpenAIError.type(of: status)),
        "param": serverError?.parameter.map { .string($0) } ?? .null, "code": .string(report.code),
      ]
    ]
  }

  var response: Response {
    var response = Response(json, status: status)
    if let retryAfter { response.headers[.retryAfter] = String(retryAfter) }
    if let allow { response.headers[.allow] = allow.joined(separator: ", ") }
    return response
  }

  /// What anybody may read of a failure.
  static func publicMessage(_ report: FailureReport) -> String {
    isAboutTheRequest(report.kind)
      ? fullMessage(report) : "The server could not do that (\(report.code))."
  }

  private static func fullMessage(_ report: FailureReport) -> String {
    ([report.message] + (report.advice.map { [$0] } ?? [])).joined(separator: " ")
  }

  private static func isAboutTheRequest(_ kind: FailureKind) -> Bool {
    switch kind {
    case .usage, .invalidInput, .exhausted, .cancelled, .unavailable: true
    default: false
    }
  }

  private static func status(of error: ServerError?, kind: FailureKind) -> HTTPResponse.Status {
    switch error {
    case .bodyTooLarge: .contentTooLarge
    case .methodNotAllowed: .methodNotAllowed
    case .unauthorised: .unauthorized
    case .notLoopback: .forbidden
    case .tooSlow: .gatewayTimeout
    default: HTTPResponse.Status(code: kind.httpStatus)
    }
  }

  private static func type(of status: HTTPResponse.Status) -> String {
    switch status.code {
    case 401: "authentication_error"
    case 403: "permission_error"
    case 429: "rate_limit_error"
    case 400..<500: "invalid_request_error"
    default: "server_error"
    }
  }
}

extension Response {
  /// A JSON answer.
  init(_ json: JSONValue, status: HTTPResponse.Status = .ok) {
    self.init(
      status: status, headers: [.contentType: "application/json; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: json.canonical)))
  }
}
