import Foundation

/// Who makes a change; recorded with every event and as the author of its commit.
public struct Author: Sendable, Hashable {
  public var name: String
  public var email: String

  public init(name: String, email: String) {
    self.name = Author.singleLine(name)
    self.email = Author.singleLine(email)
  }

  /// The person or job that runs this process.
  ///
  /// `MLOPS_AUTHOR` (`Name <mail>`) comes first, then git's `GIT_AUTHOR_NAME` and
  /// `GIT_AUTHOR_EMAIL`, then git's own configuration, then the account's name at this host.
  public static func current() -> Author {
    let environment = ProcessInfo.processInfo.environment
    let account = environment["USER"] ?? environment["LOGNAME"] ?? "unknown"
    let configured = Author.fromGitConfiguration()
    var author = Author(
      name: environment["GIT_AUTHOR_NAME"] ?? configured?.name ?? account,
      email: environment["GIT_AUTHOR_EMAIL"] ?? configured?.email
        ?? "\(account)@\(ProcessInfo.processInfo.hostName)")
    if let text = environment["MLOPS_AUTHOR"], !text.isEmpty {
      let parts = text.split(separator: "<", maxSplits: 1)
      author.name = Author.singleLine(String(parts.first ?? ""))
      if parts.count == 2 {
        author.email = Author.singleLine(String(parts[1].prefix { $0 != ">" }))
      }
    }
    if author.name.isEmpty { author.name = account }
    return author
  }

  /// Git refuses newlines and angle brackets in a signature, so nothing here holds them.
  private static func singleLine(_ text: String) -> String {
    let kept = text.unicodeScalars.filter { $0.value >= 0x20 && $0 != "<" && $0 != ">" }
    return String(String.UnicodeScalarView(kept)).trimmingCharacters(in: .whitespaces)
  }
}
