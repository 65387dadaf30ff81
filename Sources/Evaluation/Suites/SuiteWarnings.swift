import JSON
import MLOpsCore
import Yams

/// What a suite's file says that is allowed, but hardly meant.
struct SuiteWarnings {
  let reader: SuiteReader
  let members: [String: Node]
  let cases: [PlacedCase]
  let gate: Gate

  var all: [SuiteWarning] { [sameAnswers, repeatedCases].compactMap { $0 } + gateWarnings }

  /// One answer to everything is then right everywhere.
  private var sameAnswers: SuiteWarning? {
    guard let node = members["expected"], cases.count > 1, let first = cases.first?.one,
      first.label != .null, cases.allSatisfy({ $0.one.label == first.label })
    else { return nil }
    let text = first.label.canonical
    return SuiteWarning(
      place: reader.place(node),
      sentence:
        "All \(cases.count) cases expect the same answer, \(text.count > 60 ? "\(text.prefix(60))…" : text): "
        + "a model that always gives it is right everywhere.")
  }

  private var repeatedCases: SuiteWarning? {
    var first: [JSONValue: String] = [:]
    var repeats: [(placed: PlacedCase, of: String)] = []
    for placed in cases {
      var record = placed.one.record
      if case .object(var fields) = record {
        fields["id"] = nil
        record = .object(fields)
      }
      if let id = first[record] {
        repeats.append((placed, id))
      } else {
        first[record] = placed.one.id
      }
    }
    guard let (placed, id) = repeats.first else { return nil }
    let others = repeats.count == 1 ? "" : ", and \(repeats.count - 1) more repeat others"
    return SuiteWarning(
      place: placed.place,
      sentence:
        "The case '\(placed.one.id)' repeats '\(id)'\(others): intervals and tests take cases for "
        + "independent, and come out surer than they are.")
  }

  private var gateWarnings: [SuiteWarning] {
    guard let members = members["gate"]?.mapping else { return [] }
    var warnings: [SuiteWarning] = []
    if let node = members["min_cases"], gate.minimumCases > cases.count {
      warnings.append(
        SuiteWarning(
          place: reader.place(node),
          sentence:
            "min_cases asks for \(gate.minimumCases) cases, but the suite has \(cases.count): no "
            + "candidate can pass."))
    }
    if let node = members["must_pass"], Set(gate.mustPass).count < gate.mustPass.count {
      warnings.append(
        SuiteWarning(
          place: reader.place(node),
          sentence: "must_pass names \(gate.mustPass.count) cases, "
            + "of which only \(Set(gate.mustPass).count) differ."))
    }
    return warnings
  }
}
