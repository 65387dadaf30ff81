/// Why a document could not be fetched: a phrase that names the URL and what was found there.
public struct RemoteError: Error, Sendable, Equatable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }

  static func status(_ url: String, _ status: Int) -> RemoteError {
    RemoteError("\(url) answered with status \(status)")
  }

  static func redirectsToNowhere(_ url: String, _ status: Int) -> RemoteError {
    RemoteError("\(url) answered with status \(status), a redirect, without saying where to")
  }

  static func foreignRedirect(_ url: String, to target: String) -> RemoteError {
    RemoteError(
      "\(url) redirects to '\(RemoteError.cut(target))', which is neither https nor http")
  }

  static func manyRedirects(_ url: String, last: String, limit: Int) -> RemoteError {
    RemoteError(
      "\(url) redirects more than \(limit) times, the last time to '\(RemoteError.cut(last))'")
  }

  static func tooLarge(_ url: String, limit: Int) -> RemoteError {
    RemoteError("\(url) is larger than \(limit) bytes, which is the most that is fetched")
  }

  static func slow(_ url: String, seconds: Int) -> RemoteError {
    RemoteError("\(url) did not answer in whole within \(seconds) s")
  }

  static func unreachable(_ url: String, _ reason: String) -> RemoteError {
    RemoteError("\(url) cannot be reached: \(reason)")
  }

  static func noJSON(_ url: String, type: String, found: String) -> RemoteError {
    let type = type.isEmpty ? "no content type" : "the content type \(RemoteError.cut(type))"
    return RemoteError("\(url) answered with \(found) (\(type)); expected JSON")
  }

  static func manyDocuments(_ url: String, limit: Int) -> RemoteError {
    RemoteError("\(url) would be more than the \(limit) documents that are fetched in one run")
  }

  static func malformedURL(_ url: String) -> RemoteError {
    RemoteError("'\(RemoteError.cut(url))' is no URL with a host and without spaces")
  }

  static let noProgram = RemoteError(
    "the program 'curl', which fetches documents, is not on the PATH")

  static func noStart(_ reason: String) -> RemoteError {
    RemoteError("the program 'curl' could not be started: \(reason)")
  }

  private static func cut(_ text: String) -> String {
    text.utf8.count > 300 ? "\(text.prefix(300))…" : text
  }
}
