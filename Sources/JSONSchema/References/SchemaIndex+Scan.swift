import JSON

extension SchemaIndex {
  /// Keeps the machine's stack whole; JSON texts nest less by default.
  private static let depthLimit = 1_000

  /// Reads the identifiers of a schema and of all schemas inside it.
  mutating func scan(_ site: SiteID) {
    sites[site].isSchema = true
    guard case .object(let members) = sites[site].value else { return }
    guard sites[site].place.depth <= SchemaIndex.depthLimit else {
      let expected = "one that nests at most \(SchemaIndex.depthLimit) levels"
      problems.append(problem("", expected, found: "more", at: sites[site].place))
      return
    }
    do throws(SchemaProblem) { try identify(site, members) } catch { problems.append(error) }
    let resource = sites[site].resource
    let dialect = resources[resource].dialect
    for (name, value) in members {
      guard let keyword = dialect.keywords[name] else { continue }
      switch (keyword.children, value) {
      case (.one, .object), (.oneOrList, .object):
        if let child = part(name, of: site) { scan(child) }
      case (.list, .array(let elements)), (.oneOrList, .array(let elements)):
        guard let list = part(name, of: site) else { continue }
        for index in elements.indices {
          if let child = part(String(index), of: list) { scan(child) }
        }
      case (.map, .object(let children)), (.mapOfSchemasOrNames, .object(let children)):
        guard let map = part(name, of: site) else { continue }
        for (key, value) in children where value.object != nil {
          if let child = part(key, of: map) { scan(child) }
        }
      default: break
      }
    }
  }

  /// The member or element of a site, which belongs to the same resource.
  private mutating func part(_ token: String, of site: SiteID) -> SiteID? {
    guard let child = child(token, of: site) else { return nil }
    sites[child].resource = sites[site].resource
    return child
  }

  /// Reads `$id`, `$schema` and the anchors of a schema object.
  private mutating func identify(_ site: SiteID, _ members: [String: JSONValue])
    throws(SchemaProblem)
  {
    let place = sites[site].place
    // Not the resource itself: a second reference to its anchors would copy them at every write.
    let outer = resources[sites[site].resource].dialect
    let isRoot = resources[sites[site].resource].root == site
    let dialect = isRoot ? outer : try declaredDialect(members, at: place) ?? outer
    let draft = dialect.draft
    let isHidden = draft.referenceHidesSiblings && members["$ref"]?.string != nil
    if !isHidden, let id = members[draft.identifier] {
      guard let text = id.string else {
        throw problem(
          draft.identifier, "a URI reference", found: Phrase.value(id),
          at: place.appending(draft.identifier))
      }
      try identify(site, as: URIReference(text), text, dialect)
    }
    for (keyword, isDynamic) in [("$anchor", false), ("$dynamicAnchor", true)]
    where dialect.keywords[keyword] != nil {
      guard let anchor = members[keyword] else { continue }
      guard let name = anchor.string, SchemaIndex.isAnchor(name) else {
        throw problem(
          keyword, "a letter or '_' and then letters, digits, '-', '_' and '.'",
          found: Phrase.value(anchor), at: place.appending(keyword))
      }
      let resource = sites[site].resource
      resources[resource].anchors[name] = site
      if isDynamic { resources[resource].dynamicAnchors[name] = site }
    }
    let resource = sites[site].resource
    if members["$recursiveAnchor"]?.bool == true, dialect.keywords["$recursiveAnchor"] != nil,
      resources[resource].root == site
    {
      resources[resource].dynamicAnchors[SchemaIndex.recursiveAnchor] = site
    }
  }

  private mutating func identify(
    _ site: SiteID, as reference: URIReference, _ text: String, _ dialect: Dialect
  ) throws(SchemaProblem) {
    let outer = sites[site].resource
    let base = reference.resolved(against: resources[outer].base)
    let place = sites[site].place.appending(dialect.draft.identifier)
    if let fragment = reference.fragment, !fragment.isEmpty {
      guard dialect.draft <= .draft7 else {
        throw problem(
          "$id", "a URI reference without fragment", found: Phrase.quoted(text), at: place)
      }
      // Up to draft 7 this is how a schema gets an anchor.
      resources[outer].anchors[fragment] = site
      if text.hasPrefix("#") { return }
    }
    if resources[outer].root == site {
      // The document's own identifier: it is known under both names.
      resources[outer] = Resource(
        base: base, root: site, dialect: resources[outer].dialect,
        anchors: resources[outer].anchors, dynamicAnchors: resources[outer].dynamicAnchors)
      if byURI[base.document] == nil { byURI[base.document] = outer }
      return
    }
    if let other = byURI[base.document], resources[other].root != site {
      throw problem(
        dialect.draft.identifier, "a URI of its own", found: "\(Phrase.quoted(text)) a second time",
        at: place)
    }
    sites[site].resource = addResource(Resource(base: base, root: site, dialect: dialect))
    byURI[base.document] = sites[site].resource
  }

  private static func isAnchor(_ name: String) -> Bool {
    guard let first = name.utf8.first else { return false }
    let isLetter = { (byte: UInt8) in (0x61...0x7A).contains(byte | 0x20) || byte == 0x5F }
    return isLetter(first)
      && name.utf8.allSatisfy {
        isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E
      }
  }

  /// The name under which `$recursiveAnchor` is kept; no anchor can be called so.
  static let recursiveAnchor = "$recursiveAnchor"

  /// The dialect that a schema object declares; nil where it declares none.
  mutating func declaredDialect(_ value: JSONValue, at place: SchemaPlace)
    throws(SchemaProblem) -> Dialect?
  {
    guard case .object(let members) = value else { return nil }
    return try declaredDialect(members, at: place)
  }

  private mutating func declaredDialect(_ members: [String: JSONValue], at place: SchemaPlace)
    throws(SchemaProblem) -> Dialect?
  {
    guard let declared = members["$schema"] else { return nil }
    guard let uri = declared.string else {
      throw problem(
        "$schema", "the URI of a metaschema", found: Phrase.value(declared),
        at: place.appending("$schema"))
    }
    if let known = dialects[uri] { return known }
    let dialect = try dialect(uri, at: place.appending("$schema"))
    dialects[uri] = dialect
    return dialect
  }
}
