public import Datasets
public import JSON
public import JSONSchema
public import MLOpsCore
import SystemPackage

/// Proposing, checking and comparing schemas; needs no workspace unless one is named by reference.
public struct SchemaWork: Sendable {
  private let schemas: Schemas

  public init(schemas: Schemas = Schemas()) { self.schemas = schemas }

  /// A proposed schema, and what it could not be learned from.
  public struct Inferred: Sendable {
    public let schema: JSONValue
    /// Rows that could not be read; the schema says nothing of them.
    public internal(set) var unreadable = 0
    /// `file:line:column: reason` of the first of these.
    public internal(set) var firstReason: String?
  }

  /// A schema that all rows match which can be read.
  ///
  /// - Throws: `DatasetsError`; `datasets.no_rows` where there are none.
  public func infer(
    _ inputs: [RowInput], _ options: SchemaInference.Options, progress: ProgressHandler? = nil
  ) throws -> Inferred {
    var inference = SchemaInference(options: options)
    var rows = 0
    var unreadable = 0
    var first: String?
    for input in inputs {
      // As texts, because whether they are numbers depends on the whole column.
      var reader = try SourceReader(input, ColumnTypings(texts: .text))
      while let row = try reader.next() {
        switch row.content {
        case .success(let value):
          if row.isRecord {
            inference.add(record: value.object?.compactMapValues(\.string) ?? [:]) {
              TableTyping.guessed.value(of: $0)
            }
          } else {
            inference.add(value)
          }
          rows += 1
        case .failure(let defect):
          unreadable += 1
          first = first ?? "\(input.label):\(defect.line):\(defect.column): \(defect.reason)"
          continue
        }
        if rows % 4096 == 0 {
          progress?(ProgressUpdate(label: "reading", done: Int64(rows), total: nil, unit: "rows"))
        }
      }
    }
    guard rows > 0 else {
      throw DatasetsError.noRows(
        path: inputs.map(\.label).joined(separator: "', '"), rows: unreadable, first: first)
    }
    return Inferred(schema: inference.schema, unreadable: unreadable, firstReason: first)
  }

  /// What was found in a schema file.
  public struct Report: Sendable {
    public let file: String
    public let problems: [(problem: SchemaProblem, line: Int, column: Int)]
    /// What can be done about documents that are found nowhere.
    public let advice: [String]
    /// Why there is nothing to look at; then there are no problems.
    public private(set) var failure: FailureReport?

    public var hasErrors: Bool {
      failure != nil || problems.contains { $0.problem.severity == .error }
    }

    init(
      file: String, problems: [(problem: SchemaProblem, line: Int, column: Int)], advice: [String]
    ) {
      self.file = file
      self.problems = problems
      self.advice = advice
    }

    init(file: String, failure: FailureReport) {
      self.init(file: file, problems: [], advice: [])
      self.failure = failure
    }

    /// How many problems are listed in `text`; `json` has all of them.
    private static let shown = 100

    public var text: String {
      if failure != nil { return "\(file): not checked, since it could not be read" }
      var lines = problems.prefix(Report.shown).map { item in
        let place = item.line > 0 ? ":\(item.line):\(item.column)" : ""
        let pointer = item.problem.pointer == .root ? "" : " \(item.problem.pointer):"
        return
          "\(item.problem.document ?? file)\(place): \(item.problem.severity.rawValue):\(pointer) "
          + item.problem.reason
      }
      if problems.count > Report.shown {
        lines.append("… and \(problems.count - Report.shown) more")
      }
      let errors = problems.count { $0.problem.severity == .error }
      let counts = [("error", errors), ("warning", problems.count - errors)].compactMap {
        $0.1 > 0 ? Quantity.count(Int64($0.1), of: $0.0) : nil
      }
      let head =
        "\(file): " + (counts.isEmpty ? "no problems found" : counts.joined(separator: ", "))
      return (lines + advice.map { "advice: \($0)" } + [head]).joined(separator: "\n")
    }

    public var json: JSONValue {
      if let failure { return ["file": .string(file), "error": failure.json["error"] ?? .null] }
      return [
        "file": .string(file),
        "problems": .array(
          problems.map { item in
            [
              "severity": .string(item.problem.severity.rawValue),
              "pointer": .string(item.problem.pointer.description), "line": .integer(item.line),
              "column": .integer(item.column), "keyword": .string(item.problem.keyword),
              "reason": .string(item.problem.reason), "expected": .string(item.problem.expected),
              "found": .string(item.problem.found),
              "document": item.problem.document.map { .string($0) } ?? .null,
              "missing": item.problem.missing.map { .string($0) } ?? .null,
            ]
          }),
      ]
    }
  }

  /// One report a schema, in order. Of several, one that cannot be read has a report that says so, and
  /// the others are checked.
  ///
  /// - Throws: As `check(_:strict:)`, where there is one schema only.
  public func check(_ texts: [String], strict: Bool) throws -> [Report] {
    guard texts.count > 1 else { return try texts.map { try check($0, strict: strict) } }
    return texts.map { text in
      do {
        return try check(text, strict: strict)
      } catch {
        return Report(file: text, failure: FailureReport(error))
      }
    }
  }

  /// - Parameters:
  ///   - text: a path or a reference.
  ///   - strict: warnings are errors.
  /// - Throws: `DatasetsError` where the file is no JSON; `RegistryError`, `LifecycleError` where
  ///   there is no such schema.
  public func check(_ text: String, strict: Bool) throws -> Report {
    let document = try schemas.find(text)
    let problems = schemas.library.problems(of: document, isStrict: strict)
    let ranges = JSONLocator(document.bytes).ranges(
      of: problems.lazy.filter { $0.document == nil }.map(\.pointer))
    var advice: [String] = []
    for missing in Set(problems.compactMap(\.missing)).sorted() {
      guard let next = schemas.library.advice(missing: missing), !advice.contains(next) else {
        continue
      }
      advice.append(next)
    }
    return Report(
      file: document.label,
      problems: problems.map { problem in
        let range = problem.document == nil ? ranges[problem.pointer] : nil
        return (problem, range?.line ?? 0, range?.column ?? 0)
      }, advice: advice)
  }

  /// - Throws: As `check`, and `DatasetsError` where one of them cannot be used.
  public func diff(_ old: String, _ new: String) throws -> SchemaDiffReport {
    SchemaDiffReport(
      old: old, new: new,
      diff: SchemaDiff.between(try schemas.compile(old), and: try schemas.compile(new)))
  }
}
