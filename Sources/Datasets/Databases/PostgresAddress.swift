import Foundation

/// Where a PostgreSQL database is, as a URL; its password is in no text that this gives out.
public struct PostgresAddress: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
  /// As it was given, password included: for the connection only.
  let url: String
  /// The address without password and without parameters that may hold a secret.
  public let label: String
  /// The name of the database; `postgresql` where the address names none.
  public let database: String

  public var description: String { label }
  public var customMirror: Mirror { Mirror(self, children: ["label": label]) }

  private static let schemes = ["postgresql://", "postgres://"]
  /// The parameters that say where to connect and as whom, and nothing secret.
  private static let shownParameters: Set<String> = [
    "host", "hostaddr", "port", "user", "dbname", "service", "sslmode",
  ]

  /// Whether a text is meant to be one.
  public static func isOne(_ text: String) -> Bool { schemes.contains { text.hasPrefix($0) } }

  /// - Throws: `datasets.refused_query` for what is no such URL; the message repeats none of it, as
  ///   what is misread may be a part of a password.
  public init(_ text: String) throws(DatasetsError) {
    guard let scheme = PostgresAddress.schemes.first(where: { text.hasPrefix($0) }) else {
      throw PostgresAddress.malformed("it begins with none of \(PostgresAddress.schemes)")
    }
    let rest = text.dropFirst(scheme.count)
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    let pieces = authority.split(separator: "@", omittingEmptySubsequences: false)
    guard rest.count(where: { $0 == "@" }) == pieces.count - 1, pieces.count <= 2 else {
      throw PostgresAddress.malformed("it has an '@' too many")
    }
    let hosts = pieces.last ?? ""
    guard PostgresAddress.areHosts(hosts) else {
      throw PostgresAddress.malformed("what stands for the host is none")
    }
    let tail = rest.dropFirst(authority.count)
    let path = tail.prefix { $0 != "?" }
    let user = pieces.count == 2 ? pieces[0].prefix { $0 != ":" } : ""
    let parameters = PostgresAddress.shown(tail.dropFirst(path.count).dropFirst())
    url = text
    label =
      "\(scheme)\(user)\(user.isEmpty ? "" : "@")\(hosts)\(path)"
      + (parameters.isEmpty ? "" : "?" + parameters)
    let name = path.dropFirst().removingPercentEncoding ?? ""
    database = name.isEmpty ? "postgresql" : name
  }

  /// `host`, `host:port`, `[address]:port`, several of them with commas; a port has digits only, so
  /// that a password whose '@' is missing is not taken for one.
  private static func areHosts(_ text: Substring) -> Bool {
    text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { host in
      host.wholeMatch(of: /(?:[A-Za-z0-9._%-]*|\[[0-9A-Fa-f:.%]+\])(?::[0-9]{0,5})?/) != nil
    }
  }

  private static func shown(_ parameters: Substring) -> String {
    parameters.split(separator: "&").filter { pair in
      let parts = pair.split(separator: "=", omittingEmptySubsequences: false)
      return parts.count == 2
        && shownParameters.contains(String(parts[0]).removingPercentEncoding ?? "")
    }.joined(separator: "&")
  }

  private static func malformed(_ reason: String) -> DatasetsError {
    .sourceFailed(
      .refusedQuery, source: "postgresql://…", reason: "the address cannot be read: \(reason)",
      advice:
        "Expected postgresql://user@host:port/database, with every other sign percent-encoded ('@' is %40)."
    )
  }
}
