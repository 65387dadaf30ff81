/// A path to a value inside a JSON text (RFC 6901).
public struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
  /// The unescaped names and indices, outermost first.
  public let tokens: [String]

  /// The pointer to the whole value.
  public static let root = JSONPointer([])

  /// A pointer from unescaped tokens.
  public init(_ tokens: [String]) { self.tokens = tokens }

  /// A pointer from its text form; nil unless it is empty or begins with `/`.
  public init?(_ text: String) {
    guard !text.isEmpty else {
      tokens = []
      return
    }
    guard text.hasPrefix("/") else { return nil }
    tokens = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
      $0.split(separator: "~1", omittingEmptySubsequences: false).joined(separator: "/")
        .split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~")
    }
  }

  /// The pointer to a member of what this one points at.
  public func appending(_ token: String) -> JSONPointer { JSONPointer(tokens + [token]) }

  /// The pointer to an element of what this one points at.
  public func appending(_ index: Int) -> JSONPointer { appending(String(index)) }

  public var description: String {
    tokens.map { token in
      "/"
        + token.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
        .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
    }.joined()
  }
}

extension JSONValue {
  /// The value that a pointer names, or nil where there is none.
  public subscript(pointer: JSONPointer) -> JSONValue? {
    var current = self
    for token in pointer.tokens {
      switch current {
      case .object(let members):
        guard let member = members[token] else { return nil }
        current = member
      case .array(let elements):
        guard let index = Int(token), String(index) == token, elements.indices.contains(index)
        else { return nil }
        current = elements[index]
      default: return nil
      }
    }
    return current
  }
}
