public import JSON

/// Finds the documents that a schema refers to. This module itself never touches disk or network.
public struct SchemaResolver: Sendable {
  /// What it looks at, for messages: `the folder schemas/`.
  public let name: String
  private let find: @Sendable (String) throws -> JSONValue?

  /// - Parameters:
  ///   - name: What it looks at, for messages.
  ///   - find: The document that an absolute URI without fragment names; nil where there is none.
  ///     What it throws becomes part of the message.
  public init(_ name: String, find: @escaping @Sendable (String) throws -> JSONValue?) {
    self.name = name
    self.find = find
  }

  /// A resolver over documents in memory, by URI.
  public init(documents: [String: JSONValue]) {
    self.init("\(Phrase.count(documents.count, "document")) given with it") { documents[$0] }
  }

  /// The outcome of a look-up.
  enum Answer {
    case found(JSONValue)
    case absent
    case failed(String)
  }

  func answer(_ uri: String) -> Answer {
    do {
      return try find(uri).map(Answer.found) ?? .absent
    } catch {
      return .failed("\(error)")
    }
  }
}
