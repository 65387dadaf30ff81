public import JSON

/// Finds the documents that a schema refers to. This module itself never touches disk or network.
public struct SchemaResolver: Sendable {
  private let look: @Sendable (String) -> Answer

  /// - Parameters:
  ///   - name: What it looks at, for messages: `the folder schemas/`.
  ///   - find: The document that an absolute URI without fragment names; nil where there is none.
  ///     What it throws becomes part of the message.
  public init(_ name: String, find: @escaping @Sendable (String) throws -> JSONValue?) {
    look = { uri in
      do {
        return try find(uri).map(Answer.found) ?? .absent(looked: [name], failures: [])
      } catch {
        return .absent(looked: ["\(name) (\(error))"], failures: ["\(error)"])
      }
    }
  }

  /// A resolver over documents in memory, by URI.
  public init(documents: [String: JSONValue]) {
    self.init("\(Phrase.count(documents.count, "document")) given with it") { documents[$0] }
  }

  /// Asks one resolver after the other.
  public init(_ resolvers: [SchemaResolver]) {
    look = { uri in
      var looked: [String] = []
      var failures: [String] = []
      for resolver in resolvers {
        switch resolver.answer(uri) {
        case .found(let value): return .found(value)
        case .absent(let places, let reasons):
          looked += places
          failures += reasons
        }
      }
      return .absent(looked: looked, failures: failures)
    }
  }

  /// The outcome of a look-up.
  enum Answer {
    case found(JSONValue)
    /// Where was looked, with what failed there; and the failures by themselves.
    case absent(looked: [String], failures: [String])
  }

  func answer(_ uri: String) -> Answer { look(uri) }
}
