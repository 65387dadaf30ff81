import JSON

/// Turns trace units into the JSON objects of the output formats.
struct OutputWriter {
  let program: SchemaProgram

  /// The result with a flat list of what explains it.
  func basic(_ root: TraceUnit) -> JSONValue {
    var members = head(root)
    var units: [TraceUnit] = []
    OutputWriter.collect(root, isValid: root.isValid, into: &units)
    let name = root.isValid ? "annotations" : "errors"
    if !units.isEmpty || !root.isValid { members[name] = .array(units.map { .object(leaf($0)) }) }
    return .object(members)
  }

  /// The units with an error on the way through failures, or with an annotation on the way through
  /// successes: nothing that a schema says counts where its result is not the one that is reported.
  private static func collect(_ unit: TraceUnit, isValid: Bool, into units: inout [TraceUnit]) {
    guard unit.isValid == isValid else { return }
    if isValid ? unit.annotation != nil : unit.error != nil { units.append(unit) }
    for child in unit.children { collect(child, isValid: isValid, into: &units) }
  }

  /// A unit without what does not bear on its result: units of the other result and those with
  /// nothing to say are dropped, a single child takes the place of its parent.
  static func condensed(_ unit: TraceUnit) -> TraceUnit? {
    var unit = unit
    unit.children = unit.children.filter { $0.isValid == unit.isValid }.compactMap(condensed)
    guard unit.error == nil, unit.annotation == nil else { return unit }
    if unit.children.count == 1 { return unit.children[0] }
    return unit.children.isEmpty ? nil : unit
  }

  /// A unit without children.
  static func bare(_ unit: TraceUnit) -> TraceUnit {
    var unit = unit
    unit.children = []
    return unit
  }

  func tree(_ unit: TraceUnit) -> JSONValue {
    var members = leaf(unit)
    guard !unit.children.isEmpty else { return .object(members) }
    // In verbose output the children of a valid unit may be invalid; the list's name says what the
    // unit itself is.
    let name = unit.isValid ? "annotations" : "errors"
    members[name] = .array(unit.children.map { tree($0) })
    return .object(members)
  }

  private func leaf(_ unit: TraceUnit) -> [String: JSONValue] {
    var members = head(unit)
    if let error = unit.error { members["error"] = .string(error) }
    if let annotation = unit.annotation { members["annotation"] = annotation }
    return members
  }

  private func head(_ unit: TraceUnit) -> [String: JSONValue] {
    var members: [String: JSONValue] = [
      "valid": .bool(unit.isValid),
      "keywordLocation": .string(JSONPointer(unit.keywordLocation).description),
      "instanceLocation": .string(JSONPointer(unit.instance).description),
    ]
    let resource = program.resources[unit.resource]
    if !resource.uri.isEmpty {
      let pointer = JSONPointer(unit.place.tokens(below: resource.root) + unit.keyword)
      members["absoluteKeywordLocation"] = .string(
        resource.uri + "#" + URIReference.encoded(pointer.description))
    }
    return members
  }
}

extension URIReference {
  /// A text with percent escapes for what a fragment may not contain (RFC 3986, section 3.5).
  static func encoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
      if byte.isLetter || byte.isDigit || "-._~!$&'()*+,;=:@/?".utf8.contains(byte) {
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        encoded += "%" + (digits.count < 2 ? "0" : "") + digits
      }
    }
    return encoded
  }
}
