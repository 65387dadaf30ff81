public import JSON
public import MLOpsCore

/// Why data could not be read, checked or written.
public enum DatasetsError: Failure, Equatable {
  /// `operation` is what was tried: `opened`, `read`, `written` …
  case fileFailed(path: String, operation: String, reason: String)
  /// What is there is nothing that can be read as asked, such as a folder or a device.
  case unfitFile(path: String, expected: String, found: String)
  /// The schema file is no JSON.
  case unreadableSchema(path: String, line: Int, column: Int, reason: String)
  /// The schema file is JSON but no schema. The line is 0 where it is not known.
  case malformedSchema(path: String, line: Int, column: Int, pointer: String, reason: String)
  /// A schema refers to a document that is found nowhere. The line is 0 where it is not known.
  case missingDocument(
    path: String, line: Int, column: Int, uri: String, reason: String, advice: String?)
  case tooManyInvalid(path: String, invalid: Int, rows: Int, limit: Double)
  /// `rows` is how many there are that could not be taken, nil for the sum of `lost`, which counts them
  /// by what became of them; `first` says why the first of them was not, with its place.
  case noRows(path: String, rows: Int? = nil, lost: [LostRows] = [], first: String? = nil)
  /// Compressed data that ends early or is no such data.
  case damagedArchive(path: String, reason: String)
  case rowTooLong(path: String, limit: Int)
  case fileTooLarge(path: String, limit: Int)
  case noMemory(path: String)
  /// What a record of feedback lacks, one phrase each.
  case malformedFeedback([String])
  /// A row that is to be learned from is no such row. The line is from 1.
  case malformedExample(path: String, line: Int, reason: String)
  /// Records can be learned from only where a prompt makes questions of them.
  case needsPrompt
  case noAnswer(fields: [String])
  /// Feedback that comes to no row; what was looked at, as names and counts.
  case nothingToLearn([[String]])
  /// A prompt and a record do not fit together.
  case unfitRecord(reason: String)
  case invalidShare(Double)
  /// `place` is a path into a configuration: `clean[2].scrub_pii.kinds[0]`.
  case malformedSetting(place: String, expected: String, found: String, suggestion: String?)
  /// A file cannot be read as rows at all, such as a table without a header. The line is from 1.
  case malformedSource(path: String, line: Int, reason: String)
  /// No step of an augmentation made a row of `rows` originals; for each step a phrase that says why,
  /// with the first line that each reason is of.
  case nothingMade(rows: Int, steps: [String])
  /// A database or binary file gives no rows; `source` names it without password, `reason` is a
  /// clause without a full stop.
  case sourceFailed(SourceFault, source: String, reason: String, advice: String?)

  public var code: String {
    switch self {
    case .fileFailed: "datasets.file_failed"
    case .unfitFile: "datasets.unfit_file"
    case .unreadableSchema: "datasets.unreadable_schema"
    case .malformedSchema: "datasets.malformed_schema"
    case .missingDocument: "datasets.missing_document"
    case .tooManyInvalid: "datasets.too_many_invalid"
    case .noRows: "datasets.no_rows"
    case .damagedArchive: "datasets.damaged_archive"
    case .rowTooLong: "datasets.row_too_long"
    case .fileTooLarge: "datasets.file_too_large"
    case .noMemory: "datasets.no_memory"
    case .malformedFeedback: "datasets.malformed_feedback"
    case .malformedExample: "datasets.malformed_example"
    case .needsPrompt: "datasets.needs_prompt"
    case .noAnswer: "datasets.no_answer"
    case .nothingToLearn: "datasets.nothing_to_learn"
    case .unfitRecord: "datasets.unfit_record"
    case .invalidShare: "datasets.invalid_share"
    case .malformedSetting: "datasets.malformed_setting"
    case .malformedSource: "datasets.malformed_source"
    case .nothingMade: "datasets.nothing_made"
    case .sourceFailed(let fault, _, _, _): "datasets.\(fault.rawValue)"
    }
  }

  public var kind: FailureKind {
    switch self {
    case .fileFailed: .unavailable
    case .noMemory: .exhausted
    case .needsPrompt: .usage
    case .sourceFailed(let fault, _, _, _): fault.kind
    default: .invalidInput
    }
  }

  public var message: String {
    switch self {
    case .fileFailed(let path, let operation, let reason):
      "'\(path)' could not be \(operation): \(reason)."
    case .unfitFile(let path, let expected, let found):
      "'\(path)': expected \(expected), found \(found)."
    case .unreadableSchema(let path, let line, let column, let reason):
      "\(path):\(line):\(column): a schema must be JSON: \(reason)."
    case .malformedSchema(let path, let line, let column, let pointer, let reason):
      "\(path)\(line > 0 ? ":\(line):\(column)" : "")\(pointer.isEmpty ? "" : " \(pointer)"): \(reason)"
        + (reason.hasSuffix("?") ? "" : ".")
    case .missingDocument(let path, let line, let column, _, let reason, _):
      "\(path)\(line > 0 ? ":\(line):\(column)" : ""): \(reason)."
    case .tooManyInvalid(let path, let invalid, let rows, let limit):
      "\(invalid) of \(Quantity.count(Int64(rows), of: "row")) of '\(path)' are invalid (\(Quantity.percent(Double(invalid) / Double(max(1, rows))))); at most \(Quantity.percent(limit)) may be."
    case .damagedArchive(let path, let reason): "'\(path)' cannot be decompressed: \(reason)."
    case .rowTooLong(let path, let limit):
      "'\(path)' has a row longer than \(Quantity.bytes(Int64(limit)))."
    case .fileTooLarge(let path, let limit):
      "'\(path)' is one value of more than \(Quantity.bytes(Int64(limit))), which is not held in memory."
    case .noMemory(let path): "There is no memory to read '\(path)'."
    case .noRows(let path, let rows, let lost, let first):
      LostRows.message(path, rows: rows ?? LostRows.sum(lost), lost, first)
    case .malformedFeedback(let reasons):
      "This is no record of feedback: \(reasons.joined(separator: "; "))."
    case .needsPrompt:
      "The rows are records, not conversations, so a prompt must make them some."
    case .noAnswer(let fields):
      "The record has no answer: expected the field \(fields.joined(separator: " or "))."
    case .nothingToLearn(let lines):
      "There is nothing to learn: no row comes of \(lines.isEmpty ? "no feedback" : lines.map { $0.reversed().joined(separator: " ") }.joined(separator: ", "))."
    case .unfitRecord(let reason): reason
    case .malformedExample(let path, let line, let reason): "\(path):\(line): \(reason)."
    case .invalidShare(let share): "A share is above 0 and below 1; found \(share)."
    case .malformedSetting(let place, let expected, let found, _):
      "'\(place)' must be \(expected); found \(found)."
    case .malformedSource(let path, let line, let reason): "\(path):\(line): \(reason)."
    case .nothingMade(let rows, let steps):
      "No row was made of \(Quantity.count(Int64(rows), of: "original")): \(steps.joined(separator: "; "))."
    case .sourceFailed(_, let source, let reason, _): "'\(source)': \(reason)."
    }
  }

  public var advice: String? {
    switch self {
    case .tooManyInvalid: "Run 'mlops validate' to see the violations, or raise --max-invalid."
    case .unreadableSchema, .malformedSchema:
      "Mend the schema; drafts 4, 6, 7, 2019-09 and 2020-12 are understood."
    case .missingDocument(_, _, _, _, _, let advice): advice
    case .noRows(_, _, let lost, _): LostRows.advice(lost)
    case .fileTooLarge: "Write its rows one a line (NDJSON), or as one array."
    case .needsPrompt: "Name one with --prompt."
    case .noAnswer: "Name the field with --answer."
    case .malformedFeedback: "'mlops feedback schema' prints what a record looks like."
    case .nothingMade:
      "The counts are of rows and reasons; loosen the steps that lose most, or name other fields."
    case .sourceFailed(_, _, _, let advice): advice
    case .malformedSetting(_, _, _, let suggestion): suggestion.map { "Did you mean '\($0)'?" }
    default: nil
    }
  }

  public var facts: [String: JSONValue] {
    switch self {
    case .noRows(let path, let rows, let lost, let first):
      [
        "path": .string(path), "rows": .integer(rows ?? LostRows.sum(lost)),
        "lost": .object(
          Dictionary(lost.map { ($0.phrase, .integer($0.count)) }, uniquingKeysWith: { $1 })),
        "first": first.map { .string($0) } ?? .null,
      ]
    case .fileFailed(let path, _, _), .damagedArchive(let path, _), .rowTooLong(let path, _),
      .fileTooLarge(let path, _), .noMemory(let path):
      ["path": .string(path)]
    case .unfitFile(let path, let expected, let found):
      ["path": .string(path), "expected": .string(expected), "found": .string(found)]
    case .unreadableSchema(let path, let line, let column, _):
      ["path": .string(path), "line": .integer(line), "column": .integer(column)]
    case .malformedSchema(let path, let line, let column, let pointer, _):
      [
        "path": .string(path), "line": .integer(line), "column": .integer(column),
        "pointer": .string(pointer),
      ]
    case .missingDocument(let path, let line, let column, let uri, _, _):
      [
        "path": .string(path), "line": .integer(line), "column": .integer(column),
        "uri": .string(uri),
      ]
    case .tooManyInvalid(let path, let invalid, let rows, let limit):
      [
        "path": .string(path), "invalid": .integer(invalid), "rows": .integer(rows),
        "limit": .double(limit),
      ]
    case .needsPrompt, .unfitRecord, .nothingToLearn: [:]
    case .noAnswer(let fields): ["fields": .array(fields.map { .string($0) })]
    case .malformedFeedback(let reasons): ["reasons": .array(reasons.map { .string($0) })]
    case .invalidShare(let share): ["share": .double(share)]
    case .malformedSetting(let place, let expected, let found, _):
      ["place": .string(place), "expected": .string(expected), "found": .string(found)]
    case .malformedSource(let path, let line, _), .malformedExample(let path, let line, _):
      ["path": .string(path), "line": .integer(line)]
    case .nothingMade(let rows, let steps):
      ["rows": .integer(rows), "steps": .array(steps.map { .string($0) })]
    case .sourceFailed(_, let source, _, _): ["source": .string(source)]
    }
  }
}
