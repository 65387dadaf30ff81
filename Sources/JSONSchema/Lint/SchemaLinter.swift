public import JSON

/// Says what is wrong with a schema, and what looks wrong: as precisely as validation does of data.
public enum SchemaLinter {
  /// Every problem of a schema, in the order of places.
  ///
  /// Errors are what `JSONSchema.compile` refuses, and what the metaschema forbids. Warnings are
  /// keywords that are unknown or without effect, demands and branches that are proven to be met by
  /// nothing, and regular expressions that may take very long. That there are none proves nothing.
  ///
  /// - Parameters:
  ///   - schema: The schema; only its own document is looked at for warnings.
  ///   - uri: Its own URI, which relative references are resolved against.
  ///   - resources: Further schemas that it may refer to, by URI.
  ///   - options: With `isStrict`, warnings are errors.
  public static func check(
    _ schema: JSONValue, uri: String = "", resources: [String: JSONValue] = [:],
    options: SchemaOptions = SchemaOptions()
  ) -> [SchemaProblem] {
    let compiler = SchemaCompiler.run(schema, uri: uri, resources: resources, options: options)
    var problems = compiler.problems
    let errors = Set(problems.map(\.pointer))
    // A schema that cannot be used has no program to prove anything of.
    var satisfiability = compiler.problems.isEmpty ? SatisfiabilityLint(compiler.program) : nil
    for (id, reader) in compiler.readersOfTheSchema() {
      var lint = KeywordLint(reader: reader, isStrict: options.isStrict)
      lint.run()
      if !lint.isContradictory {
        for finding in satisfiability?.findings(id, has: { reader[$0] != nil }) ?? [] {
          lint.warn(
            finding.keyword, "something that can be met", at: finding.branch.map(String.init),
            finding.statement)
        }
      }
      // What is malformed has been told already.
      problems += lint.problems.filter { !errors.contains($0.pointer) }
    }
    problems += violations(
      of: schema, compiler, resources, options, besides: problems)
    if options.isStrict { problems = problems.map(\.asError) }
    return problems.sorted(by: SchemaProblem.precedes)
  }

  /// What the metaschema has to say that nothing else has said already.
  private static func violations(
    of schema: JSONValue, _ compiler: SchemaCompiler, _ resources: [String: JSONValue],
    _ options: SchemaOptions, besides problems: [SchemaProblem]
  ) -> [SchemaProblem] {
    let uri = compiler.index.resources[0].dialect.uri
    guard let metaschema = compiler.index.lookUp(URIReference(uri).document).value,
      let compiled = try? JSONSchema.compile(
        metaschema, uri: uri, resources: resources,
        options: SchemaOptions(
          draft: options.draft, resolver: options.resolver, lastResort: options.lastResort))
    else { return [] }
    let told = Set(problems.filter { $0.severity == .error }.map(\.pointer))
    return compiled.validate(schema).flatMap(\.leaves).compactMap { violation in
      // An error at a place or around it tells more than the metaschema can.
      let isTold = (0...violation.instance.tokens.count).contains { count in
        told.contains(JSONPointer(Array(violation.instance.tokens.prefix(count))))
      }
      guard !isTold else { return nil }
      var problem = SchemaProblem(
        severity: .error, pointer: violation.instance, document: nil,
        keyword: violation.instance.tokens.last ?? "", expected: violation.expected,
        found: violation.found)
      // What is missing is no matter of what something must be.
      if violation.missing != nil { problem.statement = violation.reason }
      return problem
    }
  }
}

extension SchemaViolation {
  /// The violations of the nearest alternatives, all the way down.
  fileprivate var leaves: [SchemaViolation] {
    nearest.map { $0.violations.flatMap(\.leaves) } ?? [self]
  }
}

extension SchemaCompiler {
  /// A reader for each object schema of the schema's own document.
  fileprivate func readersOfTheSchema() -> [(node: SchemaNode.ID, reader: KeywordReader)] {
    program.nodes.indices.compactMap { id in
      guard let reader = reader(of: id), reader.place.document == 0 else { return nil }
      return (id, reader)
    }
  }
}
