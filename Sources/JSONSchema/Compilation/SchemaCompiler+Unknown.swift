import JSON

extension SchemaCompiler {
  /// Notes the keywords of a schema object that its dialect does not have (option `isStrict`).
  ///
  /// Names that begin with `x-` are extensions by the habit of OpenAPI, and left alone.
  mutating func refuseUnknown(_ reader: KeywordReader) {
    for name in reader.members.keys.sorted()
    where reader.dialect.keywords[name] == nil && !name.hasPrefix("x-") {
      problems.append(SchemaCompiler.unknown(name, reader, severity: .error))
    }
  }

  /// What there is to say about an unknown keyword: in which drafts it exists, or what it may be a
  /// misspelling of.
  static func unknown(
    _ name: String, _ reader: KeywordReader, severity: SchemaProblem.Severity
  ) -> SchemaProblem {
    let drafts = Keyword.all.filter { $0.name == name }.map(\.drafts)
    var hint = ""
    if let range = drafts.first {
      hint =
        range.lowerBound > reader.draft
        ? "; it exists since \(range.lowerBound.phrase)"
        : drafts.contains { $0.contains(reader.draft) }
          ? ", as the metaschema leaves out its vocabulary"
          : "; it exists until \(range.upperBound.phrase)"
    } else if let near = EditDistance.nearest(to: name, among: reader.dialect.keywords.keys) {
      hint = "; did you mean \(Phrase.quoted(near))?"
    }
    var problem = reader.problem(
      name, "a keyword of \(reader.draft.phrase)", found: Phrase.quoted(name), severity: severity)
    problem.statement = "\(Phrase.quoted(name)) is no keyword of \(reader.draft.phrase)\(hint)"
    return problem
  }
}
