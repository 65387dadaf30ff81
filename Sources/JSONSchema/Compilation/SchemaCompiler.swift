import JSON

/// Turns a schema into a `SchemaProgram`: each subschema becomes one node, references become the
/// index of the node that they mean.
struct SchemaCompiler {
  var index: SchemaIndex
  let options: SchemaOptions
  var program = SchemaProgram()
  /// Everything that is wrong with the schema, in the order in which it is found.
  var problems: [SchemaProblem] = []
  private var nodes: [SchemaIndex.SiteID: SchemaNode.ID] = [:]
  /// The sites of the nodes; those from `next` on are still to be compiled. A queue rather than
  /// recursion, because a chain of references may be longer than the machine's stack is deep.
  private var sites: [SchemaIndex.SiteID] = []

  private init(index: SchemaIndex, options: SchemaOptions) {
    self.index = index
    self.options = options
  }

  static func program(
    _ schema: JSONValue, uri: String, resources: [String: JSONValue], options: SchemaOptions
  ) throws(SchemaError) -> SchemaProgram {
    let compiler = run(schema, uri: uri, resources: resources, options: options)
    let problems = compiler.problems.sorted(by: SchemaProblem.precedes)
    if let first = problems.first { throw SchemaError(first, others: Array(problems.dropFirst())) }
    return compiler.program
  }

  /// A compiler that has read a schema, and holds either a program or problems.
  static func run(
    _ schema: JSONValue, uri: String, resources: [String: JSONValue], options: SchemaOptions
  ) -> SchemaCompiler {
    var index = SchemaIndex(options: options, given: resources)
    index.add(schema, uri: uri, inherited: index.defaultDialect)
    let dialect = index.resources[0].dialect
    for (uri, value) in resources.sorted(by: { $0.key < $1.key }) {
      index.add(value, uri: uri, inherited: dialect)
    }
    var compiler = SchemaCompiler(index: index, options: options)
    compiler.program.root = compiler.node(at: index.resources[0].root)
    compiler.compileAll()
    compiler.problems += compiler.index.problems
    compiler.program.resources = compiler.index.resources.map { resource in
      (resource.base.document, compiler.index.sites[resource.root].place)
    }
    compiler.program.documents = compiler.index.documents
    if compiler.problems.isEmpty { compiler.refuseTangle() }
    return compiler
  }

  /// Notes where checking would not end, or not before the machine's stack does.
  private mutating func refuseTangle() {
    guard let tangle = program.tangle else { return }
    let (node, expected, found) =
      switch tangle {
      case .loop(let node):
        (node, "one that comes to an end", "one that applies itself to the same value for ever")
      case .chain(let node):
        (
          node, "one that applies at most \(SchemaProgram.chainLimit) schemas inside each other",
          "a longer chain of references"
        )
      }
    problems.append(
      index.problem("", expected, found: found, at: program.nodes[node].place))
  }

  /// The node of the schema at a site, compiled once and later.
  mutating func node(at site: SchemaIndex.SiteID) -> SchemaNode.ID {
    if let id = nodes[site] { return id }
    let id = program.nodes.count
    nodes[site] = id
    sites.append(site)
    let resource = index.sites[site].resource
    program.sources.append(index.sites[site].value)
    program.nodes.append(
      SchemaNode(
        place: index.sites[site].place, resource: resource,
        draft: index.resources[resource].dialect.draft))
    return id
  }

  private mutating func compileAll() {
    var next = 0
    while next < sites.count {
      compile(next)
      addDynamicAnchors(of: program.nodes[next].resource)
      next += 1
    }
  }

  private mutating func compile(_ id: SchemaNode.ID) {
    let site = sites[id]
    let place = index.sites[site].place
    let draft = program.nodes[id].draft
    switch index.sites[site].value {
    case .bool(let verdict):
      program.nodes[id].verdict = verdict
      // Draft 4 admits booleans in two places only.
      let isAdmitted = ["additionalProperties", "additionalItems"].contains(place.token)
      if draft == .draft4, !isAdmitted {
        problems.append(index.problem("", "an object", found: "\(verdict)", at: place))
      }
    case .object: if let reader = reader(of: id) { compile(reader, into: id) }
    case let other:
      let expected = draft == .draft4 ? "an object" : "an object or a boolean"
      problems.append(index.problem("", expected, found: Phrase.value(other), at: place))
    }
  }

  /// A reader of a node's keywords; nil for what is no object.
  func reader(of id: SchemaNode.ID) -> KeywordReader? {
    let site = index.sites[sites[id]]
    guard case .object(let members) = site.value else { return nil }
    let document = site.place.document
    return KeywordReader(
      members: members, site: sites[id], place: site.place, resource: site.resource,
      dialect: index.resources[site.resource].dialect,
      document: document == 0 ? nil : index.documents[document])
  }

  /// Compiles the dynamic anchors of a resource that can be entered, which may lead to more; the
  /// others stay out, so that a resource nobody refers to may be malformed.
  private mutating func addDynamicAnchors(of resource: Int) {
    while program.scopes.count < index.resources.count { program.scopes.append([:]) }
    guard program.scopes[resource].isEmpty else { return }
    let anchors = index.resources[resource].dynamicAnchors.sorted { $0.key < $1.key }
    for (name, site) in anchors { program.scopes[resource][name] = node(at: site) }
  }
}
