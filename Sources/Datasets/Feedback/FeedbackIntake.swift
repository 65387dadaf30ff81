public import JSON
public import JSONSchema
public import MLOpsCore

/// Makes records of feedback of what arrives: checked, and without what identifies a person.
public struct FeedbackIntake: Sendable {
  private let form: FeedbackForm?
  private let extra: CompiledSchema?
  private let scrubber: PIIScrubber?

  /// - Parameters:
  ///   - form: nil to tell row by row.
  ///   - extra: what a record must match besides `FeedbackSchema`.
  ///   - scrubber: nil to keep texts as they are.
  public init(
    form: FeedbackForm? = nil, extra: CompiledSchema? = nil, scrubber: PIIScrubber? = PIIScrubber()
  ) {
    self.form = form
    self.extra = extra
    self.scrubber = scrubber
  }

  /// A record, and how often what was taken out of its texts.
  public struct Taken: Sendable {
    public internal(set) var record: FeedbackRecord
    public internal(set) var scrubbed: [PIIKind: Int] = [:]
    /// Whether the rater's name told who it is, so that a pseudonym must stand for it.
    public internal(set) var ratersNameTells = false
  }

  /// Takes one record.
  ///
  /// - Throws: `datasets.malformed_feedback`.
  public func take(_ json: JSONValue) throws(DatasetsError) -> Taken {
    let native = (form ?? .of(json)).native(json)
    let violations = try violations(native)
    guard violations.isEmpty else {
      throw .malformedFeedback(violations.map { "\($0)" })
    }
    return scrub(FeedbackRecord(native))
  }

  /// Takes one row of a file; the violations where it is no record.
  func take(_ row: Row, of file: String) throws(DatasetsError) -> Result<Taken, RowRefusal> {
    switch row.content {
    case .failure(let defect):
      return .failure(
        RowRefusal(
          violations: [
            LocatedViolation(
              file: file, line: defect.line, column: defect.column, pointer: "", schemaPointer: "",
              keyword: "syntax", reason: defect.reason)
          ]))
    case .success(let value):
      let form = form ?? .of(value)
      let native = form.native(value)
      let violations = try violations(native)
      guard !violations.isEmpty else { return .success(scrub(FeedbackRecord(native))) }
      let places = form == .native ? row.places(of: violations.map(\.instance)) : [:]
      return .failure(
        RowRefusal(
          violations: violations.map { violation in
            let place = places[violation.instance]
            return LocatedViolation(
              file: file, line: place?.line ?? row.line, column: place?.column ?? row.column,
              pointer: violation.instance.description,
              schemaPointer: violation.schema.description, keyword: violation.keyword,
              reason: "expected \(violation.expected), found \(violation.found)")
          }))
    }
  }

  private func violations(_ native: JSONValue) throws(DatasetsError) -> [SchemaViolation] {
    let schema: CompiledSchema
    switch FeedbackSchema.compiled {
    case .success(let compiled): schema = compiled
    case .failure(let error): throw .malformedFeedback(["the schema of feedback itself: \(error)"])
    }
    let own = schema.validate(native)
    return own.isEmpty ? extra?.validate(native) ?? [] : own
  }

  private func scrub(_ record: FeedbackRecord) -> Taken {
    var taken = Taken(record: record)
    guard let scrubber else { return taken }
    func clean(_ text: String) -> String? {
      guard let (scrubbed, matches) = scrubber.scrub(text) else { return nil }
      for match in matches { taken.scrubbed[match.kind, default: 0] += 1 }
      return scrubbed
    }
    func cleaned(_ value: JSONValue) -> JSONValue {
      switch value {
      case .string(let text): return .string(clean(text) ?? text)
      case .number(let number): return clean(number.canonical).map { .string($0) } ?? value
      case .array(let elements): return .array(elements.map(cleaned))
      case .object(let members):
        // In order of name, so that of names that become one the same member stays.
        var result: [String: JSONValue] = [:]
        for (name, member) in members.sorted(by: { $0.key < $1.key }) {
          let name = clean(name) ?? name
          if result[name] == nil { result[name] = cleaned(member) }
        }
        return .object(result)
      case .null, .bool: return value
      }
    }
    var record = record
    record.input = record.input.map(cleaned)
    record.output = record.output.map(cleaned)
    record.corrected = record.corrected.map(cleaned)
    record.preference = record.preference.map {
      .init(chosen: cleaned($0.chosen), rejected: cleaned($0.rejected))
    }
    record.comment = record.comment.map { clean($0) ?? $0 }
    record.tags = record.tags.map { clean($0) ?? $0 }
    // A name that tells who it is cannot be scrubbed: all raters would become one.
    taken.ratersNameTells = record.rater.map { scrubber.scrub($0) != nil } ?? false
    if let origin = record.origin, clean(origin) != nil { record.origin = nil }
    record.receipt = record.receipt.map { clean($0) ?? $0 }
    taken.record = record
    return taken
  }
}

/// Why a row is no record of feedback.
struct RowRefusal: Error {
  let violations: [LocatedViolation]
}
