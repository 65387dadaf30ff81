import JSON

extension SchemaCompiler {
  /// Compiles the keywords of a schema object in the order of their ranks. What is malformed is
  /// noted and left out, so that everything else is still looked at.
  mutating func compile(_ reader: KeywordReader, into id: SchemaNode.ID) {
    var keywords: [Keyword] = []
    for (name, value) in reader.members {
      if let keyword = reader.dialect.keywords[name] {
        keywords.append(keyword)
      } else {
        program.nodes[id].annotations.append(Annotation(keyword: name, value: value))
      }
    }
    keywords.sort { $0.rank < $1.rank }
    if reader.draft.referenceHidesSiblings, reader.members["$ref"] != nil {
      keywords.removeAll { !["$ref", "definitions"].contains($0.name) }
      program.nodes[id].annotations = []
    }
    var done: [String] = []
    for keyword in keywords where !done.contains(keyword.group) {
      done.append(keyword.group)
      do throws(SchemaProblem) {
        try compile(keyword.group, keyword, reader, id)
      } catch {
        problems.append(error)
      }
    }
    if options.isStrict { refuseUnknown(reader) }
    program.nodes[id].annotations.sort { $0.keyword < $1.keyword }
  }

  private mutating func compile(
    _ group: String, _ keyword: Keyword, _ reader: KeywordReader, _ id: SchemaNode.ID
  ) throws(SchemaProblem) {
    switch keyword.vocabulary {
    case .metaData: annotate(keyword.name, reader, id)
    case .content: try content(reader, id)
    case .format: try format(reader, id)
    case .validation where group != "contains": try validation(keyword.name, reader, id)
    default: try applicator(group, reader, id)
    }
  }

  mutating func add(_ keyword: String, _ rule: Rule, to id: SchemaNode.ID) {
    program.nodes[id].assertions.append(Assertion(keyword: keyword, rule: rule))
  }

  mutating func annotate(_ keyword: String, _ reader: KeywordReader, _ id: SchemaNode.ID) {
    guard let value = reader[keyword] else { return }
    program.nodes[id].annotations.append(Annotation(keyword: keyword, value: value))
  }

  private mutating func format(_ reader: KeywordReader, _ id: SchemaNode.ID) throws(SchemaProblem) {
    guard let name = try reader.string("format") else { return }
    annotate("format", reader, id)
    guard options.assertsFormats || reader.dialect.assertsFormat,
      let format = Format(rawValue: name)
    else { return }
    add("format", .format(format), to: id)
  }

  private mutating func content(_ reader: KeywordReader, _ id: SchemaNode.ID) throws(SchemaProblem)
  {
    let encoding = try reader.string("contentEncoding")
    let mediaType = try reader.string("contentMediaType")
    annotate("contentEncoding", reader, id)
    annotate("contentMediaType", reader, id)
    // Without a media type it means nothing.
    if mediaType != nil { annotate("contentSchema", reader, id) }
    let schema = mediaType == nil ? nil : try one("contentSchema", reader)
    guard options.assertsContent, encoding != nil || mediaType != nil else { return }
    let content = Content(encoding: encoding, mediaType: mediaType, schema: schema)
    add(encoding == nil ? "contentMediaType" : "contentEncoding", .content(content), to: id)
  }

  /// The pattern of a `pattern` or of a name in `patternProperties`; nil, and noted, where it is
  /// none.
  mutating func pattern(
    _ text: String, _ reader: KeywordReader, _ keyword: String, at step: String?
  )
    -> Pattern?
  {
    do throws(PatternError) {
      return try Pattern(text)
    } catch {
      let found = "\(Phrase.quoted(text)): \(error.reason)"
      let expected = "a regular expression of ECMA-262"
      problems.append(
        step.map { reader.problem(keyword, expected, found: found, at: $0) }
          ?? reader.problem(keyword, expected, found: found))
      return nil
    }
  }
}
