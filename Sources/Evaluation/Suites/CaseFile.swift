import JSON
import MLOpsCore
import Yams

/// Reads a suite's cases from NDJSON or from the suite itself.
struct CaseFile {
  let reader: SuiteReader
  let task: any SuiteTask
  let input: String
  let expected: String?
  let alternatives: String?
  let slices: [String]
  /// Whose questions and scores the cases must fit.
  var judge: SuiteJudge?

  /// A record and where it stands.
  private struct Record {
    let json: JSONValue
    let file: String
    let line: Int?
    let column: Int?
  }

  func cases(data: Node?, inline: Node?, of root: Node, load: (String) throws -> [UInt8]) throws
    -> [SuiteCase]
  {
    let records: [Record]
    switch (data, inline) {
    case (let node?, nil):
      let name = try reader.string(node, "data")
      records = try lines(of: try load(name), file: name)
    case (nil, let node?):
      records = try reader.list(node, "cases").map {
        Record(
          json: reader.json($0), file: reader.file, line: $0.mark?.line, column: $0.mark?.column)
      }
    case (nil, nil): throw reader.error(at: root, "'data' or 'cases' is missing")
    case (_?, let node?):
      throw reader.error(at: node, "a suite has either 'data' or 'cases', not both")
    }
    guard !records.isEmpty else {
      throw reader.error(at: data ?? inline ?? root, "a suite needs at least one case")
    }
    var seen: Set<String> = []
    return try records.enumerated().map { index, record in
      let one = try suiteCase(record, number: index + 1)
      guard seen.insert(one.id).inserted else {
        throw error(record, "the id '\(one.id)' occurs twice")
      }
      return one
    }
  }

  private func lines(of bytes: [UInt8], file: String) throws(EvaluationError) -> [Record] {
    var records: [Record] = []
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      do {
        let json = try JSONValue(parsing: Array(line))
        records.append(Record(json: json, file: file, line: index + 1, column: 1))
      } catch {
        throw .invalidSuite(
          file: file, line: index + 1, column: error.column, reason: "not JSON: \(error.reason)")
      }
    }
    return records
  }

  private func suiteCase(_ record: Record, number: Int) throws(EvaluationError) -> SuiteCase {
    guard let fields = record.json.object else {
      throw error(record, "a case must be an object, found \(record.json.typeName)")
    }
    guard fields[input] != nil else { throw missing(input, "question", record, fields) }
    var answer = JSONValue.null
    if let expected {
      guard let found = fields[expected], found != .null else {
        throw missing(expected, "right answer", record, fields)
      }
      answer = found
    }
    let others = alternatives.flatMap { fields[$0] }.map { $0.array ?? [$0] } ?? []
    var places: [String: String] = [:]
    for slice in slices {
      guard let value = fields[slice] else { throw missing(slice, "slice", record, fields) }
      places[slice] = value.string ?? value.canonical
    }
    let one = SuiteCase(
      id: fields["id"].map { $0.string ?? $0.canonical } ?? "case-\(number)",
      record: record.json, expected: answer, alternatives: others, slices: places)
    do {
      try judge?.check(one)
      return try task.completed(one)
    } catch {
      throw self.error(record, error.reason)
    }
  }

  private func missing(
    _ field: String, _ role: String, _ record: Record, _ fields: [String: JSONValue]
  ) -> EvaluationError {
    error(
      record, "a case has no '\(field)', its \(role)" + reader.hint(field, fields.keys.sorted()))
  }

  private func error(_ record: Record, _ reason: String) -> EvaluationError {
    .invalidSuite(file: record.file, line: record.line, column: record.column, reason: reason)
  }
}
