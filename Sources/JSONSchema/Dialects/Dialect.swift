/// The keywords that a schema is read with: a draft, less the vocabularies its metaschema leaves out.
struct Dialect: Sendable {
  let draft: SchemaDraft
  /// What `$schema` says.
  let uri: String
  /// By name; what is not here is an unknown keyword, hence an annotation.
  let keywords: [String: Keyword]
  /// Whether the metaschema demands that `format` is checked.
  let assertsFormat: Bool

  /// A published draft with all that belongs to it.
  static func standard(_ draft: SchemaDraft) -> Dialect { standards[draft] ?? make(draft) }

  /// A dialect of a metaschema that lists vocabularies.
  init(draft: SchemaDraft, uri: String, vocabularies: Set<Vocabulary>) {
    var enabled = vocabularies.union([.core])
    // 2019-09 has the unevaluated keywords in its applicator vocabulary.
    if draft == .draft201909, enabled.contains(.applicator) { enabled.insert(.unevaluated) }
    if !enabled.isDisjoint(with: [.formatAnnotation, .formatAssertion]) { enabled.insert(.format) }
    self.draft = draft
    self.uri = uri
    assertsFormat = enabled.contains(.formatAssertion)
    var keywords: [String: Keyword] = [:]
    for keyword in Keyword.all
    where keyword.drafts.contains(draft) && enabled.contains(keyword.vocabulary) {
      keywords[keyword.name] = keyword
    }
    self.keywords = keywords
  }

  private static func make(_ draft: SchemaDraft) -> Dialect {
    let vocabularies = Set(Vocabulary.allCases).subtracting([.formatAssertion])
    return Dialect(draft: draft, uri: draft.uri, vocabularies: vocabularies)
  }

  private static let standards: [SchemaDraft: Dialect] = {
    var all: [SchemaDraft: Dialect] = [:]
    for draft in SchemaDraft.allCases { all[draft] = make(draft) }
    return all
  }()
}
