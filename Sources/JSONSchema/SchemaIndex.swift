import JSON

/// A place in one of the documents that a schema is made of.
struct SchemaLocation: Hashable {
  /// An index into `SchemaIndex.documents`.
  var document: Int
  var pointer: JSONPointer
}

/// The schema resources and anchors of some documents, found before anything refers to them.
struct SchemaIndex {
  struct Resource {
    let base: URIReference
    let root: SchemaLocation
    var anchors: [String: SchemaLocation] = [:]
    var dynamicAnchors: [String: SchemaLocation] = [:]
  }

  private(set) var documents: [(uri: String, value: JSONValue)] = []
  private(set) var resources: [Resource] = []
  private var byURI: [String: Int] = [:]
  private var byRoot: [SchemaLocation: Int] = [:]

  /// Reads the identifiers of a document.
  mutating func add(_ value: JSONValue, uri: String) throws(SchemaError) {
    let root = SchemaLocation(document: documents.count, pointer: .root)
    documents.append((uri, value))
    let resource = addResource(URIReference(uri), root: root)
    try scan(value, at: root, resource: resource)
  }

  /// The resource that a URI without fragment names.
  func resource(_ uri: String) -> Int? { byURI[uri] }

  /// The resource that begins at a place.
  func resource(at location: SchemaLocation) -> Int? { byRoot[location] }

  func value(at location: SchemaLocation) -> JSONValue? {
    documents[location.document].value[location.pointer]
  }

  func failure(_ reason: String, at location: SchemaLocation) -> SchemaError {
    let uri = documents[location.document].uri
    return SchemaError(
      pointer: location.pointer, document: location.document == 0 ? nil : uri, reason: reason)
  }

  private mutating func addResource(_ base: URIReference, root: SchemaLocation) -> Int {
    resources.append(Resource(base: base, root: root))
    byURI[base.document] = resources.count - 1
    byRoot[root] = resources.count - 1
    return resources.count - 1
  }

  private mutating func scan(_ value: JSONValue, at location: SchemaLocation, resource: Int)
    throws(SchemaError)
  {
    guard let members = value.object else { return }
    var resource = resource
    if let id = members["$id"] { resource = try identify(id, at: location, within: resource) }
    try refuseOtherDialect(members["$schema"], at: location)
    for (keyword, isDynamic) in [("$anchor", false), ("$dynamicAnchor", true)] {
      guard let anchor = members[keyword] else { continue }
      guard let name = anchor.string, SchemaIndex.isAnchor(name) else {
        throw failure(
          "an anchor is a letter or '_' and then letters, digits, '-', '_' and '.'; found "
            + Phrase.value(anchor), at: location.appending(keyword))
      }
      resources[resource].anchors[name] = location
      if isDynamic { resources[resource].dynamicAnchors[name] = location }
    }
    for (keyword, child) in members {
      let place = location.appending(keyword)
      if SchemaKeywords.single.contains(keyword) {
        try scan(child, at: place, resource: resource)
      } else if SchemaKeywords.lists.contains(keyword) {
        for (index, element) in (child.array ?? []).enumerated() {
          try scan(element, at: place.appending(String(index)), resource: resource)
        }
      } else if SchemaKeywords.maps.contains(keyword) {
        for (name, member) in child.object ?? [:] {
          try scan(member, at: place.appending(name), resource: resource)
        }
      }
    }
  }

  private mutating func identify(_ id: JSONValue, at location: SchemaLocation, within outer: Int)
    throws(SchemaError) -> Int
  {
    guard let text = id.string else {
      throw failure(
        "$id must be a string, found \(Phrase.value(id))", at: location.appending("$id"))
    }
    let reference = URIReference(text)
    guard reference.fragment ?? "" == "" else {
      throw failure(
        "$id must have no fragment, found \(Phrase.value(id))", at: location.appending("$id"))
    }
    let base = reference.resolved(against: resources[outer].base)
    if let existing = byRoot[location] {
      // The document's own $id: it is known under both names.
      byURI[base.document] = existing
      resources[existing] = Resource(base: base, root: location)
      return existing
    }
    if byURI[base.document] != nil {
      throw failure("$id \(Phrase.value(id)) names a second schema", at: location.appending("$id"))
    }
    return addResource(base, root: location)
  }

  private func refuseOtherDialect(_ dialect: JSONValue?, at location: SchemaLocation)
    throws(SchemaError)
  {
    guard let dialect else { return }
    guard let text = dialect.string,
      text == SchemaKeywords.dialect || text == SchemaKeywords.dialect + "#"
    else {
      throw failure(
        "only draft 2020-12 (\"\(SchemaKeywords.dialect)\") is understood, found "
          + Phrase.value(dialect), at: location.appending("$schema"))
    }
  }

  private static func isAnchor(_ name: String) -> Bool {
    guard let first = name.utf8.first else { return false }
    let isLetter = { (byte: UInt8) in (0x61...0x7A).contains(byte | 0x20) || byte == 0x5F }
    return isLetter(first)
      && name.utf8.allSatisfy {
        isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E
      }
  }
}

extension SchemaLocation {
  func appending(_ token: String) -> SchemaLocation {
    SchemaLocation(document: document, pointer: pointer.appending(token))
  }
}
