import JSON

/// What a schema or a keyword had to say about a place in the value; the output formats are made of
/// these.
struct TraceUnit {
  /// The way through the schema, references included, as tokens.
  let keywordLocation: [String]
  /// The way to the schema that the keyword stands in.
  let schemaLocation: [String]
  /// Where the schema or keyword really stands.
  let place: SchemaPlace
  let keyword: [String]
  let resource: Int
  /// The way through the value, as tokens.
  let instance: [String]
  var isValid = true
  var error: String?
  var annotation: JSONValue?
  var children: [TraceUnit] = []
}

extension Evaluator {
  /// Begins what a schema has to say.
  mutating func openSchemaUnit(_ steps: @autoclosure () -> [String], _ node: SchemaNode) {
    guard mode == .trace else { return }
    let location = (units.last?.schemaLocation ?? []) + steps()
    units.append(
      TraceUnit(
        keywordLocation: location, schemaLocation: location, place: node.place, keyword: [],
        resource: node.resource, instance: path.map(\.token)))
  }

  /// Begins what a keyword of a schema has to say.
  mutating func openUnit(_ steps: @autoclosure () -> [String], _ node: SchemaNode) {
    guard mode == .trace else { return }
    let steps = steps()
    let location = units.last?.schemaLocation ?? []
    units.append(
      TraceUnit(
        keywordLocation: location + steps, schemaLocation: location, place: node.place,
        keyword: steps, resource: node.resource, instance: path.map(\.token)))
  }

  /// Ends what was begun last. The outermost unit stays, being the result.
  mutating func closeUnit(isValid: Bool) {
    guard mode == .trace, var unit = units.popLast() else { return }
    unit.isValid = isValid
    if units.isEmpty { units = [unit] } else { units[units.count - 1].children.append(unit) }
  }

  mutating func addError(
    _ error: String, _ node: SchemaNode, _ steps: [String], instance: [String]
  ) {
    let location = units.last?.schemaLocation ?? []
    addLeaf(
      TraceUnit(
        keywordLocation: location + steps, schemaLocation: location, place: node.place,
        keyword: steps, resource: node.resource, instance: instance, isValid: false, error: error))
  }

  mutating func addAnnotation(_ keyword: String, _ value: JSONValue, _ node: SchemaNode) {
    let location = units.last?.schemaLocation ?? []
    addLeaf(
      TraceUnit(
        keywordLocation: location + [keyword], schemaLocation: location, place: node.place,
        keyword: [keyword], resource: node.resource, instance: path.map(\.token), isValid: true,
        annotation: value))
  }

  /// The annotations of a schema that hold whatever the value.
  mutating func annotate(_ node: SchemaNode) {
    for annotation in node.annotations {
      addAnnotation(annotation.keyword, annotation.value, node)
    }
  }

  private mutating func addLeaf(_ unit: TraceUnit) {
    guard !units.isEmpty else { return }
    units[units.count - 1].children.append(unit)
  }
}
