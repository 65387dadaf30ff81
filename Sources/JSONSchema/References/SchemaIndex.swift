import JSON

/// The documents that a schema is made of, with their resources (`$id`) and anchors.
///
/// Only where the dialect keeps subschemas are identifiers looked for, so that neither an `enum` nor
/// an unknown keyword can define one; a reference into such a place reads it on demand.
struct SchemaIndex {
  typealias SiteID = Int

  /// A value inside a document.
  struct Site {
    let place: SchemaPlace
    let value: JSONValue
    /// The resource that it belongs to; where one begins right here, that one.
    var resource: Int
    /// Whether it has been read as a schema.
    var isSchema = false
  }

  /// A part of a document with a URI of its own.
  struct Resource {
    let base: URIReference
    let root: SiteID
    let dialect: Dialect
    var anchors: [String: SiteID] = [:]
    var dynamicAnchors: [String: SiteID] = [:]
  }

  private struct Step: Hashable {
    let site: SiteID
    let token: String
  }

  private(set) var sites: [Site] = []
  /// Malformed identifiers and dialects, as far as documents have been read.
  private(set) var problems: [SchemaProblem] = []
  private(set) var resources: [Resource] = []
  /// The URI that each document was found under.
  private(set) var documents: [String] = []
  private var steps: [Step: SiteID] = [:]
  private var byURI: [String: Int] = [:]
  private var dialects: [String: Dialect] = [:]
  let defaultDialect: Dialect
  let resolver: SchemaResolver?

  init(draft: SchemaDraft, resolver: SchemaResolver?) {
    defaultDialect = .standard(draft)
    self.resolver = resolver
  }

  /// Reads the identifiers of a document.
  ///
  /// - Parameter inherited: The dialect where the document has no `$schema`.
  /// - Returns: The resource that the document is.
  @discardableResult
  mutating func add(_ value: JSONValue, uri: String, inherited: Dialect) -> Int {
    let place = SchemaPlace(document: documents.count)
    documents.append(uri)
    let root = sites.count
    sites.append(Site(place: place, value: value, resource: resources.count))
    var dialect = inherited
    do throws(SchemaProblem) {
      dialect = try declaredDialect(value, at: place) ?? inherited
    } catch {
      problems.append(error)
    }
    let resource = addResource(
      Resource(base: URIReference(uri), root: root, dialect: dialect))
    byURI[URIReference(uri).document] = resource
    scan(root)
    return resource
  }

  /// The resource that a URI without fragment names among those that are known already.
  func known(_ uri: String) -> Int? { byURI[uri] }

  /// The member or element of a site; nil where there is none.
  mutating func child(_ token: String, of site: SiteID) -> SiteID? {
    let step = Step(site: site, token: token)
    if let known = steps[step] { return known }
    let value: JSONValue
    switch sites[site].value {
    case .object(let members):
      guard let member = members[token] else { return nil }
      value = member
    case .array(let elements):
      guard let index = Int(token), String(index) == token, elements.indices.contains(index) else {
        return nil
      }
      value = elements[index]
    default: return nil
    }
    let id = sites.count
    sites.append(
      Site(
        place: sites[site].place.appending(token), value: value, resource: sites[site].resource))
    steps[step] = id
    return id
  }

  /// Reads a site as a schema that no scan came by, such as one inside an unknown keyword.
  mutating func readOnDemand(_ site: SiteID) {
    if !sites[site].isSchema { scan(site) }
  }

  func problem(
    _ keyword: String, _ expected: String, found: String, at place: SchemaPlace
  ) -> SchemaProblem {
    SchemaProblem(
      severity: .error, pointer: place.pointer,
      document: place.document == 0 ? nil : documents[place.document], keyword: keyword,
      expected: expected, found: found)
  }

  private mutating func addResource(_ resource: Resource) -> Int {
    resources.append(resource)
    return resources.count - 1
  }

  private mutating func scan(_ site: SiteID) {
    sites[site].isSchema = true
    guard case .object(let members) = sites[site].value else { return }
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
  private mutating func declaredDialect(_ value: JSONValue, at place: SchemaPlace)
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
