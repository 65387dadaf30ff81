/// A word of the project's vocabulary that was not well-formed.
public enum CoreError: Failure, Equatable {
  case malformedDigest(String)
  case malformedName(String)
  case malformedAlias(String)
  case malformedVersion(String)
  case malformedReference(String, reason: String)
  case malformedPath(String, reason: String)
  case malformedManifest(reason: String)

  public var code: String {
    switch self {
    case .malformedDigest: "core.malformed_digest"
    case .malformedName: "core.malformed_name"
    case .malformedAlias: "core.malformed_alias"
    case .malformedVersion: "core.malformed_version"
    case .malformedReference: "core.malformed_reference"
    case .malformedPath: "core.malformed_path"
    case .malformedManifest: "core.malformed_manifest"
    }
  }

  public var kind: FailureKind {
    if case .malformedManifest = self { .corrupted } else { .usage }
  }

  public var message: String {
    switch self {
    case .malformedDigest(let text):
      "A digest is 'sha256:' and 64 hexadecimal digits; found '\(text)'."
    case .malformedName(let text):
      "A name is 1 to 128 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit; found '\(text)'."
    case .malformedAlias(let text):
      "An alias is 1 to 128 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit, and not of the form v<number>; found '\(text)'."
    case .malformedVersion(let text):
      "A version is 'v' and a number from 1; found '\(text)'."
    case .malformedReference(let text, let reason):
      "'\(text)' is no reference: \(reason)."
    case .malformedPath(let text, let reason):
      "'\(text)' cannot be a path inside a version: \(reason)."
    case .malformedManifest(let reason):
      "A manifest is not readable: \(reason)."
    }
  }

  public var advice: String? {
    switch self {
    case .malformedReference:
      "References are name, name@v7, name@alias, name@sha256:<8 or more hex>, @environment or @environment~1."
    default: nil
    }
  }
}
