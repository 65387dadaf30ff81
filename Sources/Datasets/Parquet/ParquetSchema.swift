/// A column or a group of columns, with the levels that say how much of it a value has.
final class ParquetField {
  enum Content {
    /// The place among the leaves, which is that of its chunk in a row group.
    case leaf(Int)
    case structure([ParquetField])
    /// A group that has the name of a list; the field within repeats.
    case list(ParquetField)
    /// A group that repeats and is no element itself: the field within is.
    case wrapper(ParquetField)
    /// A group that has the name of a map; the group within repeats and has a key and a value.
    case map(ParquetField, keyIsText: Bool)
  }

  let name: String
  let repetition: ParquetSchemaElement.Repetition
  /// How many optional or repeated fields there are from the root to here.
  let definition: Int
  /// How many repeated fields.
  let repeating: Int
  fileprivate(set) var content: Content
  /// The leaves within.
  let leaves: Range<Int>

  fileprivate init(
    _ element: ParquetSchemaElement, definition: Int, repeating: Int, content: Content,
    leaves: Range<Int>
  ) {
    name = element.name
    repetition = element.repetition
    self.definition = definition
    self.repeating = repeating
    self.content = content
    self.leaves = leaves
  }
}

/// A column that has values of its own.
struct ParquetLeaf {
  /// The names from the root, with dots.
  let path: String
  let type: ParquetType
  let definition: Int
  let repeating: Int
}

/// The tree of a file's columns.
struct ParquetSchema {
  private(set) var columns: [ParquetField] = []
  private(set) var leaves: [ParquetLeaf] = []

  private var next = 0

  init(_ elements: [ParquetSchemaElement]) throws(ParquetFault) {
    guard let root = elements.first, root.children > 0 else {
      throw .damaged("it describes no columns")
    }
    next = 1
    columns = try fields(root.children, of: elements, "", definition: 0, repeating: 0, depth: 0)
    guard next == elements.count else { throw .damaged("its columns are not one tree") }
  }

  private mutating func fields(
    _ count: Int, of elements: [ParquetSchemaElement], _ path: String, definition: Int,
    repeating: Int, depth: Int
  ) throws(ParquetFault) -> [ParquetField] {
    guard count <= elements.count - next else { throw .damaged("its columns are not one tree") }
    guard depth < ParquetLimit.depth else { throw .unsupported("it is nested too deeply") }
    var fields: [ParquetField] = []
    var seen: Set<String> = []
    for _ in 0..<count {
      let field = try field(elements, path, definition, repeating, depth)
      guard seen.insert(field.name).inserted else {
        throw .unsupported("two columns have the name '\(path)\(field.name)'")
      }
      fields.append(field)
    }
    return fields
  }

  private mutating func field(
    _ elements: [ParquetSchemaElement], _ prefix: String, _ definition: Int, _ repeating: Int,
    _ depth: Int
  ) throws(ParquetFault) -> ParquetField {
    guard next < elements.count else { throw .damaged("its columns are not one tree") }
    let element = elements[next]
    next += 1
    let path = prefix + element.name
    let definition = definition + (element.repetition == .required ? 0 : 1)
    let repeating = repeating + (element.repetition == .repeated ? 1 : 0)
    let first = leaves.count
    if element.children == 0 {
      guard element.physical != nil else { throw .unsupported("'\(path)' is a group of nothing") }
      leaves.append(
        ParquetLeaf(
          path: path, type: try ParquetType(element, path), definition: definition,
          repeating: repeating))
      return ParquetField(
        element, definition: definition, repeating: repeating, content: .leaf(first),
        leaves: first..<first + 1)
    }
    let children = try fields(
      element.children, of: elements, path + ".", definition: definition, repeating: repeating,
      depth: depth + 1)
    return ParquetField(
      element, definition: definition, repeating: repeating,
      content: content(of: element, children), leaves: first..<leaves.count)
  }

  /// Lists and maps are groups in groups; how many differs between writers.
  ///
  /// - SeeAlso: the format's LogicalTypes.md, "Nested Types".
  private func content(of element: ParquetSchemaElement, _ children: [ParquetField])
    -> ParquetField.Content
  {
    guard let inner = children.first, children.count == 1, inner.repetition == .repeated else {
      return .structure(children)
    }
    switch element.meaning {
    case .list:
      // A group of one field that is named otherwise is a wrapper and no element.
      if case .structure(let fields) = inner.content, let only = fields.first, fields.count == 1,
        inner.name != "array", inner.name != element.name + "_tuple"
      {
        inner.content = .wrapper(only)
      }
      return .list(inner)
    case .map:
      guard case .structure(let fields) = inner.content, fields.count == 2,
        fields[0].repetition != .repeated
      else { return .structure(children) }
      var keyIsText = false
      if case .leaf(let key) = fields[0].content { keyIsText = leaves[key].type.isText }
      return .map(inner, keyIsText: keyIsText)
    default: return .structure(children)
    }
  }
}
