import JSON

/// Looks at one schema object for what is legal, but hardly meant.
struct KeywordLint {
  let reader: KeywordReader
  let isStrict: Bool
  private(set) var problems: [SchemaProblem] = []

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
    contradictions()
    excludedByType()
    unreachableNames()
    withoutEffect()
    expressions()
    if let name = reader["format"]?.string, Format(rawValue: name) == nil {
      let near = EditDistance.nearest(to: name, among: Format.allCases.map(\.rawValue))
      warn(
        "format", "a format that is known",
        Phrase.quoted(name) + (near.map { "; did you mean \(Phrase.quoted($0))?" } ?? ""))
    }
  }

  mutating func warn(_ keyword: String, _ expected: String, _ found: String) {
    problems.append(reader.problem(keyword, expected, found: found, severity: .warning))
  }

  mutating func warn(_ keyword: String, _ step: String, _ expected: String, _ found: String) {
    problems.append(reader.problem(keyword, expected, found: found, at: step, severity: .warning))
  }

  /// Up to draft 7 a reference hides what stands beside it.
  private mutating func hiddenSiblings() {
    let harmless: Set = ["$ref", "definitions", "$comment", "title", "description", "$schema"]
    for name in reader.members.keys.sorted()
    where !harmless.contains(name) && reader.dialect.keywords[name] != nil {
      warn(name, "in another schema than $ref", "it beside $ref, which hides it up to draft 7")
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
      warn(keyword, "beside contains", "no contains, so it has no effect")
    }
    for keyword in ["then", "else"] where has(keyword) && !has("if") {
      warn(keyword, "beside if", "no if, so it has no effect")
    }
    if has("if"), !has("then"), !has("else") {
      warn("if", "beside then or else", "neither, so it has no effect")
    }
    if has("additionalItems"), reader["items"]?.array == nil {
      warn("additionalItems", "beside an array in items", "none, so it has no effect")
    }
    if has("contentSchema"), !has("contentMediaType") {
      warn("contentSchema", "beside contentMediaType", "none, so it has no effect")
    }
  }

  /// Names that are required but cannot be there.
  private mutating func unreachableNames() {
    guard reader["additionalProperties"] == false, reader["patternProperties"] == nil,
      let names = reader["required"]?.array?.compactMap(\.string)
    else { return }
    let known = reader["properties"]?.object ?? [:]
    // Each with each: only as long as that is quick.
    let candidates = known.count * names.count <= 20_000 ? Array(known.keys) : []
    for name in names where known[name] == nil {
      let near = EditDistance.nearest(to: name, among: candidates)
      warn(
        "required", "names that properties has, since additionalProperties is false",
        Phrase.quoted(name) + (near.map { "; did you mean \(Phrase.quoted($0))?" } ?? ""))
    }
    for name in names where known[name] == false {
      warn("required", "names that may be there", "\(Phrase.quoted(name)), whose schema is false")
    }
  }

  private mutating func expressions() {
    if let text = reader["pattern"]?.string, let why = PatternRisk.of(text) {
      warn("pattern", "a regular expression that is quickly decided", why)
    }
    for text in (reader["patternProperties"]?.object ?? [:]).keys.sorted() {
      guard let why = PatternRisk.of(text) else { continue }
      warn("patternProperties", text, "a regular expression that is quickly decided", why)
    }
  }
}
