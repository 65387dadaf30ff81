extension SchemaProgram {
  /// The schema that one which says nothing but `$ref` stands for; the schema itself where it says
  /// more, and where what a reference means depends on how it was reached.
  func meant(by id: SchemaNode.ID) -> SchemaNode.ID {
    guard !hasDynamicReferences else { return id }
    var id = id
    // References that lead round in circles are refused when a schema is compiled.
    while nodes[id].verdict == nil, nodes[id].assertions.count == 1,
      case .reference(let target) = nodes[id].assertions[0].rule
    {
      id = target
    }
    return id
  }
}
