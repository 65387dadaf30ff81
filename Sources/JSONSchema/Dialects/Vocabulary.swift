/// A set of keywords that a metaschema can switch on (2019-09 core, section 8.1).
enum Vocabulary: String, Sendable, Hashable, CaseIterable {
  case core, applicator, unevaluated, validation
  case metaData = "meta-data"
  case format, content
  /// 2020-12: `format` is an annotation.
  case formatAnnotation = "format-annotation"
  /// 2020-12: `format` is checked.
  case formatAssertion = "format-assertion"

  /// The vocabulary that a URI of `$vocabulary` names; nil where it is not understood.
  init?(uri: String, draft: SchemaDraft) {
    let prefix = "https://json-schema.org/draft/\(draft.rawValue)/vocab/"
    guard uri.hasPrefix(prefix),
      let known = Vocabulary(rawValue: String(uri.dropFirst(prefix.count)))
    else { return nil }
    self = known
  }
}
