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

  fileprivate static let contentKeywords: Set = [
    "contentEncoding", "contentMediaType", "contentSchema",
  ]

  fileprivate var withoutAnnotations: TraceUnit {
    var unit = self
    unit.children = children.filter { $0.annotation == nil }.map(\.withoutAnnotations)
    return unit
  }
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

  /// The annotations of a schema; those about content are about texts only.
  mutating func annotate(_ node: SchemaNode, _ value: JSONValue) {
    for annotation in node.annotations
    where value.string != nil || !TraceUnit.contentKeywords.contains(annotation.keyword) {
      addAnnotation(annotation.keyword, annotation.value, node)
    }
  }

  /// Annotates the names that each keyword has applied to (since 2019-09).
  mutating func addNames(_ names: [String: [String]], _ node: SchemaNode) {
    guard mode == .trace, node.draft >= .draft201909 else { return }
    for (keyword, names) in names.sorted(by: { $0.key < $1.key }) where !names.isEmpty {
      addAnnotation(keyword, .array(names.map(JSONValue.string)), node)
    }
  }

  /// Annotates which elements `prefixItems` and `items` have applied to (since 2019-09).
  mutating func annotateElements(_ node: SchemaNode, _ count: Int, prefix: Int, hasRest: Bool) {
    guard mode == .trace, node.draft >= .draft201909, count > 0 else { return }
    let isNew = node.draft >= .draft202012
    if prefix > 0 {
      let last: JSONValue = count <= prefix ? true : .integer(prefix - 1)
      addAnnotation(isNew ? "prefixItems" : "items", last, node)
    }
    if hasRest, count > prefix {
      addAnnotation(isNew || prefix == 0 ? "items" : "additionalItems", true, node)
    }
  }

  /// Forgets the annotations of the unit that was opened last.
  mutating func dropAnnotations() {
    guard mode == .trace, let last = units.popLast() else { return }
    units.append(last.withoutAnnotations)
  }

  private mutating func addLeaf(_ unit: TraceUnit) {
    guard !units.isEmpty else { return }
    units[units.count - 1].children.append(unit)
  }
}
