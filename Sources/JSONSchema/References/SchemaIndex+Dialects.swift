import JSON

extension SchemaIndex {
  /// The dialect that a `$schema` names: a published draft, or what the vocabularies of another
  /// metaschema make of one.
  func dialect(_ uri: String, at place: SchemaPlace) throws(SchemaProblem) -> Dialect {
    var next = uri
    var seen: Set<String> = []
    var listed: [String: JSONValue]?
    // A metaschema has a metaschema of its own, and so on until one is a published draft.
    while seen.insert(next).inserted, seen.count <= 16 {
      if let draft = SchemaDraft(uri: next) {
        guard let listed else { return .standard(draft) }
        return try dialect(uri, draft, listed, at: place)
      }
      let name = URIReference(next).document
      guard let value = resolverAnswer(name).value else { break }
      if listed == nil { listed = value["$vocabulary"]?.object }
      next = value["$schema"]?.string ?? SchemaDraft.draft202012.uri
    }
    let drafts = SchemaDraft.allCases.map { Phrase.quoted($0.uri) }
    throw problem(
      "$schema", "the URI of a draft (\(drafts.joined(separator: ", "))) or of a known metaschema",
      found: Phrase.quoted(uri), at: place)
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

  /// A document by its URI without fragment: what came with the schema or what the resolver has, else a bundled metaschema; and
  /// what was looked at.
  func resolverAnswer(_ uri: String) -> (value: JSONValue?, looked: [String]) {
    if let value = given[uri] { return (value, []) }
    var looked: [String] = []
    if let resolver {
      switch resolver.answer(uri) {
      case .found(let value): return (value, [])
      case .absent: looked.append(resolver.name)
      case .failed(let reason): looked.append("\(resolver.name), which failed with \(reason)")
      }
    }
    looked.append("the bundled metaschemas")
    return (BundledMetaschemas.documents[uri], looked)
  }
}
