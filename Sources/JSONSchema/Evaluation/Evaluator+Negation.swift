import JSON

extension Evaluator {
  /// What a value has to be that must not match a schema, as a phrase.
  func negation(of id: SchemaNode.ID) -> String {
    let node = program.nodes[id]
    if node.assertions.count == 1 {
      switch node.assertions[0].rule {
      case .constant(let value): return "anything but \(Phrase.value(value))"
      case .oneOfValues(let values, _):
        return "anything but \(Phrase.list(values.map(Phrase.value)))"
      case .type(let names), .typeAsWritten(let names):
        return "anything but \(names.map(Phrase.article).joined(separator: " or "))"
      case .required(let names) where names.count == 1:
        return "no member \(Phrase.quoted(names[0]))"
      case .pattern(let pattern): return "text that does not match \(pattern.source)"
      default: break
      }
    }
    return "a value that does not match the schema at \(node.pointer)"
  }
}
