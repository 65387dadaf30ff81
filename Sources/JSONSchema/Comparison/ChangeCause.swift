import JSON

extension SchemaComparison {
  /// By which violations of the new schema a change shows.
  struct Cause: Hashable {
    /// The schemas that the new demand may stand in.
    let nodes: Set<SchemaNode.ID>
    /// The keywords that may be violated; none means any, inside these schemas too.
    let keywords: Set<String>
    /// For `required`: the name that is.
    let missing: String?

    init(_ nodes: Set<SchemaNode.ID>, _ keywords: Set<String>, missing: String? = nil) {
      self.nodes = nodes
      self.keywords = keywords
      self.missing = missing
    }

    /// Whether a violation comes from the change.
    func explains(_ violation: SchemaViolation, of program: SchemaProgram) -> Bool {
      if let missing, violation.missing.map(ExactName.init) != ExactName(missing) { return false }
      guard keywords.isEmpty || keywords.contains(violation.keyword) else { return false }
      let tokens = violation.schema.tokens
      return nodes.contains { id in
        let place = program.nodes[id].place
        let document = place.document == 0 ? nil : program.documents[place.document]
        guard document == violation.document else { return false }
        let own = place.tokens(below: nil)
        guard tokens.starts(with: own) else { return false }
        // The keyword itself, and for some the name that it is about.
        return keywords.isEmpty || tokens.count <= own.count + 2
      }
    }
  }
}
