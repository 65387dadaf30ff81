import JSON

extension SchemaIndex {
  /// The dialect that a `$schema` names: a published draft, or what the vocabularies of another
  /// metaschema make of one.
  func dialect(_ uri: String, at place: SchemaPlace) throws(SchemaProblem) -> Dialect {
    var next = uri
    var seen: Set<String> = []
    var listed: [String: JSONValue]?
    var missing: (name: String, lookup: Lookup)?
    // A metaschema has a metaschema of its own, and so on until one is a published draft.
    while seen.insert(next).inserted, seen.count <= 16 {
      if let draft = SchemaDraft(uri: next) {
        guard let listed else { return .standard(draft) }
        return try dialect(uri, draft, listed, at: place)
      }
      let name = URIReference(next).document
      let lookup = lookUp(name)
      guard let value = lookup.value else {
        missing = (name, lookup)
        break
      }
      if listed == nil { listed = value["$vocabulary"]?.object }
      next = value["$schema"]?.string ?? SchemaDraft.draft202012.uri
    }
    let drafts = SchemaDraft.allCases.map { Phrase.quoted($0.uri) }
    throw problem(
      "$schema", "the URI of a draft (\(drafts.joined(separator: ", "))) or of a known metaschema",
      found: Phrase.quoted(uri) + (missing?.lookup.failure.map { ": \($0)" } ?? ""), at: place,
      missing: missing?.name)
  }

  private func dialect(
    _ uri: String, _ draft: SchemaDraft, _ listed: [String: JSONValue], at place: SchemaPlace
  ) throws(SchemaProblem) -> Dialect {
    var vocabularies: Set<Vocabulary> = []
    for (name, isRequired) in listed {
      if let known = Vocabulary(uri: name, draft: draft) {
        vocabularies.insert(known)
      } else if isRequired == true {
        throw problem(
          "$schema", "a metaschema whose required vocabularies are known",
          found: "\(Phrase.quoted(uri)), which requires \(Phrase.quoted(name))", at: place)
      }
    }
    return Dialect(draft: draft, uri: uri, vocabularies: vocabularies)
  }

  /// What looking for a document came to.
  struct Lookup {
    var value: JSONValue?
    /// Where was looked in vain.
    var looked: [String] = []
    /// What the last resort failed with.
    var failure: String?
  }

  /// A document by its URI without fragment: what came with the schema, what the resolver has, a
  /// bundled metaschema, and only then what the last resort has.
  func lookUp(_ uri: String) -> Lookup {
    if let value = given[uri] { return Lookup(value: value) }
    var lookup = Lookup()
    switch resolver?.answer(uri) {
    case .found(let value)?: return Lookup(value: value)
    case .absent(let looked, _)?: lookup.looked = looked
    case nil: break
    }
    if let value = BundledMetaschemas.documents[uri] { return Lookup(value: value) }
    lookup.looked.append("the bundled metaschemas")
    switch lastResort?.answer(uri) {
    case .found(let value)?: return Lookup(value: value)
    case .absent(_, let failures)?: lookup.failure = failures.first
    case nil: break
    }
    return lookup
  }
}
