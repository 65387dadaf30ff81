import JSON

/// The metaschemas of all drafts, and the vocabularies that they are made of.
enum BundledMetaschemas {
  /// By URI without fragment.
  static let documents: [String: JSONValue] = {
    var found: [String: JSONValue] = [:]
    for text in texts {
      guard let value = try? JSONValue(parsing: text),
        let id = value["$id"]?.string ?? value["id"]?.string
      else { continue }
      found[URIReference(id).document] = value
    }
    return found
  }()
}
