import Foundation
public import JSON
public import JSONSchema
public import MLOpsCore
import Synchronization

/// Fetches documents over https and http, each once, within limits.
///
/// It is made only where a person allows it: nothing else in this program fetches anything.
public final class RemoteDocuments: Sendable {
  /// What a run may cost.
  public struct Limits: Sendable {
    /// Of one document, in bytes.
    public var bytes = 16 << 20
    /// For one document with all its redirects.
    public var seconds = 20
    /// For one document.
    public var redirects = 5
    /// In one run, failed ones included.
    public var documents = 100

    public init() {}
  }

  private struct State {
    var outcomes: [String: Result<JSONValue, RemoteError>] = [:]
    var digests: [String: Digest] = [:]
  }

  private let limits: Limits
  private let client: CurlClient
  // Held while a document is fetched, so that none is fetched twice.
  private let state = Mutex(State())

  public init(limits: Limits = Limits()) {
    self.limits = limits
    client = CurlClient()
  }

  /// Of what has been fetched the digest of the bytes, by URL.
  public var digests: [String: Digest] { state.withLock { $0.digests } }

  /// For references that lead to https and http; others are not there.
  public var resolver: SchemaResolver {
    SchemaResolver("the network") { [self] uri in
      // No ternary: its nil would be JSON's null, a document that was found.
      guard RemoteDocuments.isRemote(uri) else { return nil }
      return try document(uri)
    }
  }

  /// Whether a URI names a document that could be fetched.
  static func isRemote(_ uri: String) -> Bool {
    let scheme = uri.prefix { $0 != ":" }.lowercased()
    return (scheme == "https" || scheme == "http") && uri.utf8.count > scheme.utf8.count
  }

  /// The document that a URL leads to; fetched once, be it in vain.
  ///
  /// - Throws: `RemoteError`, which says what was found instead.
  public func document(_ url: String) throws(RemoteError) -> JSONValue {
    let outcome: Result<JSONValue, RemoteError> = state.withLock { state in
      if let known = state.outcomes[url] { return known }
      guard state.outcomes.count < limits.documents else {
        return .failure(.manyDocuments(url, limit: limits.documents))
      }
      let outcome = fetch(url)
      state.outcomes[url] = outcome.map(\.value)
      if case .success(let found) = outcome { state.digests[url] = found.digest }
      return outcome.map(\.value)
    }
    return try outcome.get()
  }

  private func fetch(_ url: String) -> Result<(value: JSONValue, digest: Digest), RemoteError> {
    do throws(RemoteError) {
      let answer = try follow(url)
      let value = try RemoteDocuments.value(of: answer, from: url)
      return .success((value, Digest(of: answer.body)))
    } catch {
      return .failure(error)
    }
  }

  /// Asks for a document and goes where the answers lead.
  private func follow(_ url: String) throws(RemoteError) -> CurlClient.Answer {
    let deadline = Date(timeIntervalSinceNow: Double(limits.seconds))
    var next = url
    for _ in 0...limits.redirects {
      guard RemoteDocuments.isWellFormed(next) else { throw .malformedURL(next) }
      let left = deadline.timeIntervalSinceNow
      guard left > 0.1 else { throw .slow(url, seconds: limits.seconds) }
      let answer = try client.get(next, limits: limits, seconds: left)
      switch answer.status {
      case 200..<300: return answer
      case 301, 302, 303, 307, 308:
        guard let target = answer.target else {
          throw .redirectsToNowhere(next, answer.status)
        }
        guard RemoteDocuments.isRemote(target) else { throw .foreignRedirect(next, to: target) }
        next = target
      default: throw .status(next, answer.status)
      }
    }
    throw .manyRedirects(url, last: next, limit: limits.redirects)
  }

  private static func value(of answer: CurlClient.Answer, from url: String) throws(RemoteError)
    -> JSONValue
  {
    do throws(JSONSyntaxError) {
      return try JSONValue(parsing: answer.body)
    } catch {
      let start = answer.body.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
      let isMarkup = start == UInt8(ascii: "<") || answer.type.lowercased().contains("html")
      let found =
        start == nil
        ? "nothing"
        : isMarkup
          ? "HTML or XML"
          : "text that is not JSON at \(error.line):\(error.column): \(error.reason)"
      throw .noJSON(url, type: answer.type, found: found)
    }
  }

  /// With a host, and nothing that no URL has.
  private static func isWellFormed(_ url: String) -> Bool {
    guard let authority = url.range(of: "://").map({ url[$0.upperBound...] }),
      let first = authority.utf8.first, first != UInt8(ascii: "/")
    else { return false }
    return url.utf8.count <= 8_192 && url.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
  }
}
