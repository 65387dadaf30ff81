public import MLOpsCore

/// What a request can get wrong, and what the server can refuse.
public enum ServerError: Failure, Equatable {
  /// Its framing is wrong, or it ended early.
  case malformedBody
  case malformedJSON(reason: String, line: Int, column: Int)
  case wrongType(parameter: String, expected: String, found: String)
  case outOfRange(parameter: String, expected: String, found: String)
  case missing(parameter: String)
  case unsupported(parameter: String, reason: String)
  case unknown(parameter: String, suggestion: String?)
  case bodyTooLarge(limit: Int)
  case modelUnknown(String, known: [String])
  case routeUnknown(method: String)
  case methodNotAllowed(method: String, allowed: [String])
  case cannotListen(host: String, port: Int, reason: String)
  case busy(inFlight: Int)
  case tooSlow(seconds: Int)
  case unauthorised
  case notLoopback

  public var code: String {
    switch self {
    case .malformedBody: "server.malformed_body"
    case .malformedJSON: "server.malformed_json"
    case .wrongType: "server.wrong_type"
    case .outOfRange: "server.out_of_range"
    case .missing: "server.missing_parameter"
    case .unsupported: "server.unsupported_parameter"
    case .unknown: "server.unknown_parameter"
    case .bodyTooLarge: "server.body_too_large"
    case .modelUnknown: "model_not_found"
    case .routeUnknown: "server.route_unknown"
    case .methodNotAllowed: "server.method_not_allowed"
    case .cannotListen: "server.cannot_listen"
    case .busy: "server.busy"
    case .tooSlow: "server.timeout"
    case .unauthorised: "server.unauthorised"
    case .notLoopback: "server.not_loopback"
    }
  }

  public var kind: FailureKind {
    switch self {
    case .malformedBody, .malformedJSON, .wrongType, .outOfRange, .missing, .unsupported, .unknown,
      .bodyTooLarge,
      .unauthorised, .notLoopback, .methodNotAllowed:
      .invalidInput
    case .modelUnknown, .routeUnknown: .notFound
    case .busy: .exhausted
    case .tooSlow, .cannotListen: .unavailable
    }
  }

  /// The request parameter that is wrong.
  public var parameter: String? {
    switch self {
    case .wrongType(let parameter, _, _), .outOfRange(let parameter, _, _), .missing(let parameter),
      .unsupported(let parameter, _), .unknown(let parameter, _):
      parameter
    case .modelUnknown: "model"
    default: nil
    }
  }

  public var message: String {
    switch self {
    case .malformedBody: "The body ended early or is not framed as HTTP says."
    case .malformedJSON(let reason, let line, let column):
      "The body is not valid JSON: \(reason) (line \(line), column \(column))."
    case .wrongType(let parameter, let expected, let found):
      "'\(parameter)' has to be \(expected); found \(found)."
    case .outOfRange(let parameter, let expected, let found):
      "'\(parameter)' has to be \(expected); found \(found)."
    case .missing(let parameter): "'\(parameter)' is missing."
    case .unsupported(let parameter, let reason): "'\(parameter)' is not supported here: \(reason)."
    case .unknown(let parameter, let suggestion):
      "There is no parameter '\(parameter.prefix(128))'\(suggestion.map { "; did you mean '\($0)'?" } ?? ".")"
    case .bodyTooLarge(let limit): "The body is larger than \(Quantity.bytes(Int64(limit)))."
    case .modelUnknown(let name, let known):
      "There is no model '\(name.prefix(128))' here; this server has \(known.map { "'\($0)'" }.joined(separator: ", "))."
    case .routeUnknown(let method): "There is nothing to \(method) at this address."
    case .methodNotAllowed(let method, let allowed):
      "This address does not take \(method); it takes \(allowed.joined(separator: ", "))."
    case .cannotListen(let host, let port, let reason):
      "Cannot listen on \(host):\(port): \(reason)."
    case .busy(let inFlight): "The server answers \(inFlight) requests already, which is its limit."
    case .tooSlow(let seconds): "The answer was not finished within \(seconds) seconds."
    case .unauthorised: "This address needs the token from the server file of this server."
    case .notLoopback: "This address only answers on loopback."
    }
  }

  public var advice: String? {
    switch self {
    case .busy: "Try again in a moment."
    case .cannotListen: "Is the address one of this machine, and the port free? --host and --port."
    case .modelUnknown: "GET /v1/models lists them; without 'model' the environment's is taken."
    default: nil
    }
  }
}
