public import JSON

/// Where a keyword stands that is violated, as violations name it.
public struct KeywordPlace: Sendable, Hashable {
  /// The URI of the document that `pointer` points into; nil for the schema itself.
  public let document: String?
  public let pointer: JSONPointer
  public let keyword: String

  /// The pointer, with the document before a `#` where that is not the schema itself.
  public var text: String { (document.map { "\($0)#" } ?? "") + pointer.description }

  var hash: UInt64 {
    ViolationKind.hash("\(document ?? "")\u{0}\(pointer)\u{0}\(keyword)")
  }
}

extension SchemaViolation {
  /// Where its keyword stands.
  public var keywordPlace: KeywordPlace {
    KeywordPlace(document: document, pointer: schema, keyword: keyword)
  }
}
