public import JSON
import MLOpsCore

/// What became of every row: `rows = written + dropped`.
public struct CleaningReport: Sendable, Equatable {
  /// Rows that are not blank.
  public internal(set) var rows = 0
  public internal(set) var written = 0
  /// Rows that steps dropped, and rows that are no JSON.
  public internal(set) var dropped = 0
  /// Rows that are no JSON.
  public internal(set) var defective = 0
  /// In the order of the pipeline.
  public internal(set) var steps: [CleaningStepReport] = []
  /// What each step that looks for near duplicates found, by the step's place in the pipeline.
  public internal(set) var nearDuplicates: [Int: NearDuplicateReport] = [:]
  /// How many pairs of each of these are shown.
  var reported: [Int: Int] = [:]

  public var text: String {
    "\(Quantity.count(Int64(rows), of: "row")): \(written) kept, \(dropped) dropped"
  }

  public var json: JSONValue {
    [
      "rows": .integer(rows), "written": .integer(written), "dropped": .integer(dropped),
      "defective": .integer(defective),
      "steps": .array(
        steps.enumerated().map { index, step in
          guard let found = nearDuplicates[index], var object = step.json.object else {
            return step.json
          }
          object["near_duplicates"] = found.json(examples: reported[index] ?? 20)
          return .object(object)
        }),
    ]
  }
}
