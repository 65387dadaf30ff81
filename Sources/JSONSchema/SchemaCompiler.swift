import JSON

/// Turns a schema into a `SchemaProgram`: each subschema becomes one node, references become the
/// index of the node that they mean.
struct SchemaCompiler {
  let index: SchemaIndex
  let assertsFormats: Bool
  var program = SchemaProgram()
  private var known: [SchemaLocation: SchemaNode.ID] = [:]

  init(index: SchemaIndex, assertsFormats: Bool) {
    self.index = index
    self.assertsFormats = assertsFormats
  }

  static func program(
    _ schema: JSONValue, uri: String, resources: [String: JSONValue], assertsFormats: Bool
  ) throws(SchemaError) -> SchemaProgram {
    var index = SchemaIndex()
    try index.add(schema, uri: uri)
    for (uri, value) in resources.sorted(by: { $0.key < $1.key }) { try index.add(value, uri: uri) }
    var compiler = SchemaCompiler(index: index, assertsFormats: assertsFormats)
    compiler.program.root = try compiler.node(at: index.resources[0].root, in: 0)
    try compiler.addScopes()
    try compiler.refuseLoops()
    return compiler.program
  }

  /// The node of the schema at a place, compiled once.
  ///
  /// - Parameter resource: The resource that the place belongs to, unless one begins right there.
  mutating func node(at location: SchemaLocation, in resource: Int) throws(SchemaError)
    -> SchemaNode.ID
  {
    if let id = known[location] { return id }
    guard let value = index.value(at: location) else {
      throw index.failure("there is no schema here", at: location)
    }
    let resource = index.resource(at: location) ?? resource
    let id = program.nodes.count
    known[location] = id
    var node = SchemaNode(pointer: location.pointer, resource: resource)
    switch value {
    case .bool(let verdict):
      node.verdict = verdict
      program.nodes.append(node)
    case .object(let members):
      // The place is taken before its children, which may refer back to it.
      program.nodes.append(node)
      program.nodes[id].assertions = try assertions(
        KeywordReader(members: members, location: location, index: index), in: resource)
    default:
      throw index.failure(
        "a schema must be an object or a boolean, found \(Phrase.value(value))", at: location)
    }
    return id
  }

  /// The node that a `$ref` or `$dynamicRef` means, and its fragment where that is an anchor.
  mutating func target(of reference: String, at location: SchemaLocation, in resource: Int)
    throws(SchemaError) -> (node: SchemaNode.ID, anchor: String?)
  {
    let target = URIReference(reference).resolved(against: index.resources[resource].base)
    guard let destination = index.resource(target.document) else {
      throw index.failure(
        "\(Phrase.quoted(reference)) is not in this schema; only local references are followed",
        at: location)
    }
    guard let fragment = target.decodedFragment else {
      throw index.failure(
        "\(Phrase.quoted(reference)) has a malformed percent escape", at: location)
    }
    if !fragment.isEmpty, !fragment.hasPrefix("/") {
      guard let place = index.resources[destination].anchors[fragment] else {
        throw index.failure("there is no anchor \"\(fragment)\"", at: location)
      }
      let isDynamic = index.resources[destination].dynamicAnchors[fragment] != nil
      return (try node(at: place, in: destination), isDynamic ? fragment : nil)
    }
    var place = index.resources[destination].root
    var owner = destination
    for token in JSONPointer(fragment)?.tokens ?? [] {
      place = place.appending(token)
      owner = index.resource(at: place) ?? owner
    }
    guard index.value(at: place) != nil else {
      throw index.failure("\(Phrase.quoted(reference)) points at nothing", at: location)
    }
    return (try node(at: place, in: owner), nil)
  }

  /// Compiles the dynamic anchors of every resource that can be entered, which may lead to more;
  /// the others stay out, so that a resource nobody refers to may be malformed.
  private mutating func addScopes() throws(SchemaError) {
    program.scopes = Array(repeating: [:], count: index.resources.count)
    var next = 0
    while next < program.nodes.count {
      let resource = program.nodes[next].resource
      next += 1
      guard program.scopes[resource].isEmpty else { continue }
      let anchors = index.resources[resource].dynamicAnchors.sorted { $0.key < $1.key }
      for (name, place) in anchors {
        program.scopes[resource][name] = try node(at: place, in: resource)
      }
    }
  }

  /// Refuses a schema that applies itself to the very same value for ever.
  private func refuseLoops() throws(SchemaError) {
    enum Mark { case open, done }
    var marks: [SchemaNode.ID: Mark] = [:]
    for start in program.nodes.indices where marks[start] == nil {
      // A stack of its own: a chain of references may be longer than the machine's is deep.
      var stack: [(node: SchemaNode.ID, next: [SchemaNode.ID])] = [
        (start, program.nodes[start].inPlace)
      ]
      marks[start] = .open
      while let top = stack.last {
        guard let next = top.next.last else {
          marks[top.node] = .done
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next.removeLast()
        switch marks[next] {
        case .done: continue
        case .open:
          throw SchemaError(
            pointer: program.nodes[next].pointer, document: nil,
            reason: "the schema applies itself to the same value without end")
        case nil:
          marks[next] = .open
          stack.append((next, program.nodes[next].inPlace))
        }
      }
    }
  }
}

extension SchemaNode {
  /// The nodes that are applied to the same value as this one.
  fileprivate var inPlace: [SchemaNode.ID] {
    assertions.flatMap { assertion -> [SchemaNode.ID] in
      switch assertion.rule {
      case .reference(let node), .not(let node): [node]
      case .all(let nodes), .any(let nodes), .exactlyOne(let nodes): nodes
      case .conditional(let test, let then, let otherwise):
        [test, then, otherwise].compactMap { $0 }
      case .dependentSchemas(let list): list.map(\.1)
      default: []
      }
    }
  }
}
