/// What a person writes to name a version.
///
/// `labeler`, `labeler@v7`, `labeler@champion`, `labeler@sha256:1234abcd`, `@production`,
/// `@production~1`. A bare name means its newest version.
public enum Reference: Sendable, Hashable, CustomStringConvertible {
  case newest(ArtifactName)
  case version(ArtifactName, VersionNumber)
  case alias(ArtifactName, Alias)
  /// At least 8 hexadecimal digits from the start of a digest.
  case digest(ArtifactName, prefix: String)
  /// What an environment points at, `back` generations ago (0 is now).
  case environment(EnvironmentName, back: Int)

  /// - Throws: `CoreError.malformedReference`.
  public init(_ text: String) throws(CoreError) {
    guard let at = text.firstIndex(of: "@") else {
      self = .newest(try Reference.name(text, in: text))
      return
    }
    let selector = String(text[text.index(after: at)...])
    if at == text.startIndex {
      self = try Reference.environment(selector, in: text)
      return
    }
    let name = try Reference.name(String(text[..<at]), in: text)
    if let version = VersionNumber(selector) {
      self = .version(name, version)
    } else if selector.hasPrefix("sha256:") {
      let prefix = String(selector.dropFirst(7))
      guard (8...64).contains(prefix.utf8.count), prefix.utf8.allSatisfy(Digest.isHex) else {
        throw .malformedReference(
          text, reason: "a digest needs 8 to 64 lower-case hexadecimal digits")
      }
      self = .digest(name, prefix: prefix)
    } else {
      do {
        self = .alias(name, try Alias(selector))
      } catch {
        throw .malformedReference(text, reason: "'\(selector)' is no version, alias or digest")
      }
    }
  }

  private static func name(_ part: String, in text: String) throws(CoreError) -> ArtifactName {
    do {
      return try ArtifactName(part)
    } catch {
      throw .malformedReference(
        text, reason: "'\(part)' is no name (a-z, 0-9, '.', '_' and '-', at most 128)")
    }
  }

  private static func environment(_ part: String, in text: String) throws(CoreError) -> Reference {
    let pieces = part.split(separator: "~", maxSplits: 1, omittingEmptySubsequences: false)
    var back = 0
    if pieces.count == 2 {
      guard let count = Int(pieces[1]), count >= 0, String(count) == pieces[1] else {
        throw .malformedReference(text, reason: "after '~' comes how many generations back")
      }
      back = count
    }
    guard let first = pieces.first, let name = try? EnvironmentName(String(first)) else {
      throw .malformedReference(text, reason: "after '@' comes the name of an environment")
    }
    return .environment(name, back: back)
  }

  public var description: String {
    switch self {
    case .newest(let name): "\(name)"
    case .version(let name, let version): "\(name)@\(version)"
    case .alias(let name, let alias): "\(name)@\(alias)"
    case .digest(let name, let prefix): "\(name)@sha256:\(prefix)"
    case .environment(let name, let back): back == 0 ? "@\(name)" : "@\(name)~\(back)"
    }
  }
}
