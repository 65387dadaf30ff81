/// Renders a template with bounded work, memory and depth.
struct JinjaRenderer {
  private var scopes: [[String: PythonValue]]
  private var output = ""
  private var outputSize = 0
  private var steps = 0

  private init(_ variables: [String: PythonValue]) { scopes = [variables] }

  /// The text of a template with values for its names.
  static func render(_ template: JinjaTemplate, _ variables: [String: PythonValue])
    throws(JinjaFault) -> String
  {
    var renderer = JinjaRenderer(variables)
    try renderer.render(template.nodes)
    return renderer.output
  }

  /// Counts work; what takes more than is allowed ends here.
  mutating func spend(_ count: Int = 1, at place: JinjaPlace) throws(JinjaFault) {
    steps += count
    guard steps <= JinjaLimits.steps else {
      throw place.fault("the template takes more than \(JinjaLimits.steps) steps")
    }
  }

  private mutating func render(_ nodes: [JinjaNode]) throws(JinjaFault) {
    for node in nodes {
      switch node {
      case .text(let text): try write(text, at: JinjaPlace())
      case .output(let expression):
        let value = try usable(try evaluate(expression), at: expression.place)
        try write(try text(value, at: expression.place), at: expression.place)
      case .assignment(let names, let expression):
        try assign(names, try evaluate(expression), at: expression.place)
      case .condition(let branches, let otherwise): try condition(branches, otherwise)
      case .loop(let loop): try self.loop(loop)
      }
    }
  }

  private mutating func write(_ text: String, at place: JinjaPlace) throws(JinjaFault) {
    outputSize += text.unicodeScalars.count
    guard outputSize <= JinjaLimits.size else {
      throw place.fault("the text becomes longer than \(JinjaLimits.size) characters")
    }
    output += text
  }

  private mutating func condition(
    _ branches: [(JinjaExpression, [JinjaNode])], _ otherwise: [JinjaNode]
  ) throws(JinjaFault) {
    for (test, body) in branches where try isTrue(try evaluate(test), at: test.place) {
      return try render(body)
    }
    try render(otherwise)
  }

  /// What is set in a loop's body is gone behind it.
  private mutating func loop(_ loop: JinjaLoop) throws(JinjaFault) {
    let place = loop.list.place
    var elements = try self.elements(of: try evaluate(loop.list), at: place)
    try spend(elements.count, at: place)
    if let filter = loop.filter {
      var kept: [PythonValue] = []
      for element in elements {
        scopes.append([:])
        defer { scopes.removeLast() }
        try assign(loop.names, element, at: place)
        if try isTrue(try evaluate(filter), at: filter.place) { kept.append(element) }
      }
      elements = kept
    }
    if elements.isEmpty { return try render(loop.otherwise) }
    for (index, element) in elements.enumerated() {
      scopes.append(["loop": JinjaRenderer.loopValue(index, elements)])
      defer { scopes.removeLast() }
      try assign(loop.names, element, at: place)
      try spend(at: place)
      try render(loop.body)
    }
  }

  private static func loopValue(_ index: Int, _ elements: [PythonValue]) -> PythonValue {
    let count = elements.count
    func neighbour(_ place: Int) -> PythonValue {
      elements.indices.contains(place) ? elements[place] : .missing("there is no such element")
    }
    let members: [(String, PythonValue)] = [
      ("index", .int(index + 1)), ("index0", .int(index)), ("first", .bool(index == 0)),
      ("last", .bool(index == count - 1)), ("length", .int(count)),
      ("revindex", .int(count - index)), ("revindex0", .int(count - index - 1)),
      ("previtem", neighbour(index - 1)), ("nextitem", neighbour(index + 1)),
    ]
    return .dict(PythonDict(pairs: members.map { (.string($0.0), $0.1) }))
  }

  private mutating func assign(_ names: [String], _ value: PythonValue, at place: JinjaPlace)
    throws(JinjaFault)
  {
    guard names.count > 1 else {
      scopes[scopes.count - 1][names[0]] = value
      return
    }
    let parts = try elements(of: value, at: place)
    guard parts.count == names.count else {
      throw place.fault("\(names.count) names are given \(parts.count) values")
    }
    for (name, part) in zip(names, parts) { scopes[scopes.count - 1][name] = part }
  }

  /// What a name stands for.
  func variable(_ name: String) -> PythonValue {
    scopes.reversed().lazy.compactMap { $0[name] }.first ?? .missing("'\(name)' is not defined")
  }

  /// A value that is something: undefined ones can only be tested, or given a default.
  func usable(_ value: PythonValue, at place: JinjaPlace) throws(JinjaFault) -> PythonValue {
    if case .missing(let reason) = value { throw place.fault(reason) }
    return value
  }

  func isTrue(_ value: PythonValue, at place: JinjaPlace) throws(JinjaFault) -> Bool {
    try usable(value, at: place).isTrue
  }

  /// `str(value)`, where its members' order is known.
  func text(_ value: PythonValue, at place: JinjaPlace) throws(JinjaFault) -> String {
    if case .string(let text) = value { return text }
    try ordered(value, at: place)
    let text = value.text
    guard text.utf8.count <= JinjaLimits.size * 4 else {
      throw place.fault("a text becomes longer than \(JinjaLimits.size) characters")
    }
    return text
  }

  /// Members of a row's objects are read without their order.
  private func ordered(_ value: PythonValue, at place: JinjaPlace) throws(JinjaFault) {
    switch value {
    case .list(let elements), .tuple(let elements):
      for element in elements { try ordered(element, at: place) }
    case .dict(let dict):
      guard dict.isOrdered else {
        throw place.fault(
          "the order of a row's members is not kept, so they cannot be listed; name each member")
      }
      for pair in dict.pairs { try ordered(pair.value, at: place) }
    default: break
    }
  }

  /// What a loop goes over.
  func elements(of value: PythonValue, at place: JinjaPlace) throws(JinjaFault) -> [PythonValue] {
    switch try usable(value, at: place) {
    case .list(let elements), .tuple(let elements): return elements
    case .string(let text): return text.unicodeScalars.map { .string(String($0)) }
    case .dict(let dict):
      try ordered(value, at: place)
      return dict.pairs.map(\.key)
    default: throw place.fault("a value of the type \(value.typeName) has no elements")
    }
  }
}
