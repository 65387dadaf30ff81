public import MLOpsCore

/// What can keep a server from serving a release.
public enum ServingError: Failure, Equatable {
  case nothingServed(EnvironmentName)
  case notPrepared(Digest)
  case canaryFailed(release: Digest, canary: Int, expected: String?, found: String)
  case closed(EnvironmentName)
  case alreadyServing(EnvironmentName, process: Int32?)
  case serverFile(operation: String, path: String, reason: String)
  case refused(code: String, reason: String)
  case noAnswer(String, reason: String)

  public var code: String {
    switch self {
    case .nothingServed: "deployment.nothing_served"
    case .notPrepared: "deployment.not_prepared"
    case .canaryFailed: "deployment.canary_failed"
    case .closed: "deployment.closed"
    case .alreadyServing: "deployment.already_serving"
    case .serverFile: "deployment.server_file"
    case .refused: "deployment.refused"
    case .noAnswer: "deployment.no_answer"
    }
  }

  public var kind: FailureKind {
    switch self {
    case .nothingServed, .closed, .noAnswer: .unavailable
    case .notPrepared, .alreadyServing, .refused: .conflict
    case .canaryFailed: .invalidInput
    case .serverFile: .internal
    }
  }

  public var message: String {
    switch self {
    case .nothingServed(let environment): "'\(environment)' serves no release yet."
    case .notPrepared(let release):
      "The release \(release) cannot serve: it was not prepared on this server."
    case .canaryFailed(let release, let canary, let expected?, let found):
      "The release \(release) failed canary \(canary): expected an answer with '\(expected)', found '\(found.prefix(80))'."
    case .canaryFailed(let release, let canary, nil, _):
      "The release \(release) failed canary \(canary): expected an answer, found an empty one."
    case .closed(let environment): "The server of '\(environment)' is shutting down."
    case .alreadyServing(let environment, let process):
      "'\(environment)' is served already\(process.map { ", by process \($0)" } ?? "")."
    case .serverFile(let operation, let path, let reason):
      "Cannot \(operation) '\(path)': \(reason)."
    case .refused(let code, let reason): "The server refused (\(code)): \(reason)"
    case .noAnswer(let address, let reason): "The server at \(address) does not answer: \(reason)."
    }
  }

  public var advice: String? {
    switch self {
    case .nothingServed(let environment):
      "Promote a release: mlops promote <release> --to \(environment)"
    case .notPrepared, .canaryFailed, .refused: "The old release goes on serving."
    case .alreadyServing: "Stop that server first, or serve another environment."
    case .noAnswer: "It serves the new generation when it next looks at the registry."
    case .closed, .serverFile: nil
    }
  }
}
