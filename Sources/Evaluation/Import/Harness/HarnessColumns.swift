import JSON

/// The shape that the rows of a split share, as a table of Arrow has it: members that some rows lack
/// are None, and numbers of which one has a fraction are all floats.
indirect enum HarnessShape {
  case unknown
  case whole
  case fraction
  case list(HarnessShape)
  case object([String: HarnessShape])
  case other

  init(_ value: JSONValue) {
    switch value {
    case .null: self = .unknown
    case .number(let number):
      self = number.lexeme.utf8.contains { ".eE".utf8.contains($0) } ? .fraction : .whole
    case .array(let elements):
      self = .list(elements.reduce(.unknown) { $0.joined(HarnessShape($1)) })
    case .object(let members): self = .object(members.mapValues(HarnessShape.init))
    default: self = .other
    }
  }

  func joined(_ next: HarnessShape) -> HarnessShape {
    switch (self, next) {
    case (.unknown, let shape), (let shape, .unknown): shape
    case (.whole, .whole): .whole
    case (.whole, .fraction), (.fraction, .whole), (.fraction, .fraction): .fraction
    case (.list(let a), .list(let b)): .list(a.joined(b))
    case (.object(let a), .object(let b)): .object(a.merging(b) { $0.joined($1) })
    default: .other
    }
  }

  /// A value in this shape.
  func value(_ json: JSONValue) -> PythonValue {
    switch (self, json) {
    case (.fraction, .number(let number)): return .float(number.double)
    case (.list(let shape), .array(let elements)): return .list(elements.map(shape.value))
    case (.object(let shapes), .object(let members)):
      let names = shapes.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      return .dict(
        PythonDict(
          pairs: names.map { name in
            (.string(name), members[name].map { shapes[name]?.value($0) ?? .none } ?? .none)
          }, isOrdered: names.count < 2))
    default: return PythonValue(json)
    }
  }
}

/// The documents of a split.
struct HarnessSplit {
  let documents: [HarnessDocument]
  /// The names of all columns.
  let columns: Set<String>

  /// - Parameter rows: Objects.
  init(_ name: String, rows: [JSONValue], file: String) throws(EvaluationError) {
    var shape = HarnessShape.object([:])
    for (index, row) in rows.enumerated() {
      guard case .object = row else {
        throw .invalidSuite(
          file: file, line: nil, column: nil,
          reason: "row \(index + 1) of the split '\(name)' is no object but \(row.typeName)")
      }
      shape = shape.joined(HarnessShape(row))
    }
    guard case .object(let members) = shape else {
      (documents, columns) = ([], [])
      return
    }
    columns = Set(members.keys)
    documents = rows.enumerated().map { index, row in
      var fields: [String: PythonValue] = [:]
      for (key, shape) in members { fields[key] = row[key].map(shape.value) ?? PythonValue.none }
      return HarnessDocument(split: name, number: index + 1, fields: fields)
    }
  }

  /// Documents that a task file has itself.
  init(inline values: [PythonValue], _ setting: HarnessSettings.Setting) throws(EvaluationError) {
    var documents: [HarnessDocument] = []
    for value in values {
      guard case .dict(let dict) = value else {
        throw setting.fault("each of 'samples' must be a mapping of columns to values")
      }
      let fields = dict.pairs.map { ($0.key.text, $0.value) }
      documents.append(
        HarnessDocument(
          split: "samples", number: documents.count + 1,
          fields: Dictionary(fields) { _, last in last }))
    }
    self.documents = documents
    columns = Set(documents.flatMap(\.fields.keys))
  }
}
