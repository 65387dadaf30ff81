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

  var sites: [Site] = []
  /// Malformed identifiers and dialects, as far as documents have been read.
  var problems: [SchemaProblem] = []
  var resources: [Resource] = []
  /// The URI that each document was found under.
  private(set) var documents: [String] = []
  private var steps: [Step: SiteID] = [:]
  var byURI: [String: Int] = [:]
  var dialects: [String: Dialect] = [:]
  let defaultDialect: Dialect
  let resolver: SchemaResolver?
  let lastResort: SchemaResolver?

  /// The documents that came with the schema, by URI.
  let given: [String: JSONValue]

  init(options: SchemaOptions, given: [String: JSONValue]) {
    defaultDialect = .standard(options.draft)
    resolver = options.resolver
    lastResort = options.lastResort
    self.given = given
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
    _ keyword: String, _ expected: String, found: String, at place: SchemaPlace,
    missing: String? = nil
  ) -> SchemaProblem {
    SchemaProblem(
      severity: .error, pointer: place.pointer,
      document: place.document == 0 ? nil : documents[place.document], keyword: keyword,
      expected: expected, found: found, missing: missing)
  }

  mutating func addResource(_ resource: Resource) -> Int {
    resources.append(resource)
    return resources.count - 1
  }
}
