import JSON

/// Looks at one schema object for what is legal, but hardly meant.
struct KeywordLint {
  let reader: KeywordReader
  let isStrict: Bool
  private(set) var problems: [SchemaProblem] = []
  /// Whether demands were found that nothing can meet.
  private(set) var isContradictory = false

  init(reader: KeywordReader, isStrict: Bool) {
    self.reader = reader
    self.isStrict = isStrict
  }

  mutating func run() {
    if reader.draft.referenceHidesSiblings, reader["$ref"] != nil {
      hiddenSiblings()
      return
    }
    unknownKeywords()
    let known = problems.count
    contradictions()
    unreachableNames()
    isContradictory = problems.count > known
    excludedByType()
    withoutEffect()
    expressions()
    if let name = reader["format"]?.string, Format(rawValue: name) == nil {
      let near = EditDistance.nearest(to: name, among: Format.allCases.map(\.rawValue))
      warn(
        "format", "a format that is known",
        "format \(Phrase.quoted(name)) is not known, so it is not checked"
          + (near.map { "; did you mean \(Phrase.quoted($0))?" } ?? ""))
    }
  }

  /// Notes what looks wrong.
  ///
  /// - Parameters:
  ///   - expected: What should be there, as a phrase.
  ///   - found: What is there; the keyword's value where nothing else is said.
  ///   - step: Where in the keyword's value.
  ///   - statement: What is wrong, as a sentence without a full stop.
  mutating func warn(
    _ keyword: String, _ expected: String, found: String? = nil, at step: String? = nil,
    _ statement: String
  ) {
    var problem =
      step.map { reader.problem(keyword, expected, found: found, at: $0, severity: .warning) }
      ?? reader.problem(keyword, expected, found: found, severity: .warning)
    problem.statement = statement
    problems.append(problem)
  }

  /// Up to draft 7 a reference hides what stands beside it.
  private mutating func hiddenSiblings() {
    let harmless: Set = ["$ref", "definitions", "$comment", "title", "description", "$schema"]
    for name in reader.members.keys.sorted()
    where !harmless.contains(name) && reader.dialect.keywords[name] != nil {
      warn(
        name, "in another schema than $ref",
        "\(name) has no effect, since up to draft 7 $ref hides what stands beside it")
    }
  }

  private mutating func unknownKeywords() {
    guard !isStrict else { return }
    for name in reader.members.keys.sorted()
    where reader.dialect.keywords[name] == nil && !name.hasPrefix("x-") {
      problems.append(SchemaCompiler.unknown(name, reader, severity: .warning))
    }
  }

  private mutating func withoutEffect() {
    func has(_ keyword: String) -> Bool { reader[keyword] != nil }
    for keyword in ["minContains", "maxContains"] where has(keyword) && !has("contains") {
      idle(keyword, without: "contains")
    }
    for keyword in ["then", "else"] where has(keyword) && !has("if") {
      idle(keyword, without: "if")
    }
    if has("if"), !has("then"), !has("else") { idle("if", without: "then or else") }
    if has("additionalItems"), reader["items"]?.array == nil {
      idle("additionalItems", without: "an array in items")
    }
    if has("contentSchema"), !has("contentMediaType") {
      idle("contentSchema", without: "contentMediaType")
    }
  }

  private mutating func idle(_ keyword: String, without other: String) {
    warn(keyword, "beside \(other)", "\(keyword) has no effect without \(other)")
  }

  /// Names that are required but cannot be there.
  private mutating func unreachableNames() {
    guard let names = reader["required"]?.array?.compactMap(\.string) else { return }
    let known = reader["properties"]?.object ?? [:]
    for name in names where known[name] == false {
      warn(
        "required", "names that may be there", found: Phrase.quoted(name),
        "required has \(Phrase.quoted(name)), which properties forbids")
    }
    guard reader["additionalProperties"] == false, reader["patternProperties"] == nil else {
      return
    }
    // Each with each: only as long as that is quick.
    let candidates = known.count * names.count <= 20_000 ? Array(known.keys) : []
    for name in names where known[name] == nil {
      warn(
        "required", "names that properties has, since additionalProperties is false",
        found: Phrase.quoted(name),
        "required has \(Phrase.quoted(name)), which properties lacks and additionalProperties forbids"
          + Phrase.hint(to: name, among: candidates))
    }
  }

  private mutating func expressions() {
    if let text = reader["pattern"]?.string, let why = PatternRisk.of(text) {
      warn("pattern", "a regular expression that is quickly decided", "pattern \(why)")
    }
    for text in (reader["patternProperties"]?.object ?? [:]).keys.sorted() {
      guard let why = PatternRisk.of(text) else { continue }
      warn(
        "patternProperties", "regular expressions that are quickly decided",
        found: Phrase.quoted(text), at: text, "pattern \(why)")
    }
  }
}
