import JSON
import MLOpsCore
import Yams

/// A case and where it stands.
struct PlacedCase: Sendable {
  let one: SuiteCase
  let place: SuitePlace
}

/// Reads a suite's cases, or its examples, from NDJSON or from the suite itself.
struct CaseFile {
  let reader: SuiteReader
  let task: any SuiteTask
  let wordings: Wordings
  let expected: String?
  let alternatives: String?
  let slices: [String]
  /// Whose questions and scores the cases must fit.
  var judge: SuiteJudge?
  /// What its file is for.
  var part = SuitePart.data

  /// A record and where it stands.
  private struct Record {
    let json: JSONValue
    let place: SuitePlace
  }

  /// What one of them is called.
  private var word: String { part == .examples ? "example" : "case" }
  private var article: String { part == .examples ? "an example" : "a case" }
  private var owner: String { part == .examples ? "'examples'" : "a suite" }

  func cases(data: Node?, inline: Node?, of root: Node) throws -> [PlacedCase] {
    let records: [Record]
    switch (data, inline) {
    case (let node?, nil):
      let name = try reader.string(node, "data")
      records = try lines(
        of: try reader.bytes(part, name, at: node), file: reader.location(of: name))
    case (nil, let node?):
      records = try reader.list(node, "cases").map {
        Record(json: reader.json($0), place: reader.place($0))
      }
    case (nil, nil): throw reader.error(at: root, "'data' or 'cases' is missing")
    case (_?, let node?):
      throw reader.error(at: node, "\(owner) has either 'data' or 'cases', not both")
    }
    guard !records.isEmpty else {
      throw reader.error(at: data ?? inline ?? root, "\(owner) needs at least one \(word)")
    }
    var seen: Set<String> = []
    return try records.enumerated().map { index, record in
      let one = try suiteCase(record, number: index + 1)
      guard seen.insert(one.id).inserted else {
        throw record.place.error("the id '\(one.id)' occurs twice")
      }
      return PlacedCase(one: one, place: record.place)
    }
  }

  private func lines(of bytes: [UInt8], file: String) throws(EvaluationError) -> [Record] {
    var records: [Record] = []
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      do {
        let json = try JSONValue(parsing: Array(line))
        records.append(
          Record(json: json, place: SuitePlace(file: file, line: index + 1, column: 1)))
      } catch {
        throw .invalidSuite(
          file: file, line: index + 1, column: error.column, reason: "not JSON: \(error.reason)")
      }
    }
    return records
  }

  private func suiteCase(_ record: Record, number: Int) throws(EvaluationError) -> SuiteCase {
    guard let fields = record.json.object else {
      throw record.place.error("\(article) must be an object, found \(record.json.typeName)")
    }
    guard fields[wordings.input] != nil else {
      throw missing(wordings.input, "question", record, fields)
    }
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
      id: fields["id"].map { $0.string ?? $0.canonical } ?? "\(word)-\(number)",
      record: record.json, expected: answer, alternatives: others, slices: places)
    do {
      try judge?.check(one)
      try wordings.check(one)
      return try task.completed(one)
    } catch {
      throw record.place.error(error.reason)
    }
  }

  private func missing(
    _ field: String, _ role: String, _ record: Record, _ fields: [String: JSONValue]
  ) -> EvaluationError {
    record.place.error(
      "\(article) has no '\(field)', its \(role)" + reader.hint(field, fields.keys.sorted()))
  }
}
