/// A published draft of JSON Schema, oldest first.
///
/// - SeeAlso: https://json-schema.org/specification-links
public enum SchemaDraft: String, Sendable, Hashable, CaseIterable, Comparable {
  case draft4 = "draft-04"
  case draft6 = "draft-06"
  case draft7 = "draft-07"
  case draft201909 = "2019-09"
  case draft202012 = "2020-12"

  /// What `$schema` says, without the empty fragment that the older drafts end it with.
  public var uri: String {
    switch self {
    case .draft4, .draft6, .draft7: "http://json-schema.org/\(rawValue)/schema"
    case .draft201909, .draft202012: "https://json-schema.org/draft/\(rawValue)/schema"
    }
  }

  /// The draft that a `$schema` names; nil for other metaschemas.
  public init?(uri: String) {
    let uri = uri.hasSuffix("#") ? String(uri.dropLast()) : uri
    guard let draft = SchemaDraft.allCases.first(where: { $0.uri == uri }) else { return nil }
    self = draft
  }

  /// Its name in messages: `draft 7`, `draft 2019-09`.
  var phrase: String {
    switch self {
    case .draft4, .draft6, .draft7: "draft \(order)"
    case .draft201909, .draft202012: "draft \(rawValue)"
    }
  }

  public static func < (left: SchemaDraft, right: SchemaDraft) -> Bool {
    left.order < right.order
  }

  private var order: Int {
    switch self {
    case .draft4: 4
    case .draft6: 6
    case .draft7: 7
    case .draft201909: 8
    case .draft202012: 9
    }
  }

  /// The keyword that gives a schema its URI.
  var identifier: String { self == .draft4 ? "id" : "$id" }

  /// Whether `$ref` hides every keyword beside it (up to draft 7).
  var referenceHidesSiblings: Bool { self <= .draft7 }
}
