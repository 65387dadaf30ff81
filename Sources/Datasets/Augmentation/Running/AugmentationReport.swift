public import JSON
import MLOpsCore

/// What became of every row and of every variant.
public struct AugmentationReport: Sendable, Equatable {
  /// What one step did.
  public struct Step: Sendable, Equatable {
    /// The step's name, with `#2` where it is the second of that name.
    public let label: String
    /// Originals that it took.
    public internal(set) var rows = 0
    public internal(set) var made = 0
    /// Originals that did not suit it, by reason.
    public internal(set) var skipped: [String: Int] = [:]
    /// Variants that were not taken, by reason.
    public internal(set) var rejected: [String: Int] = [:]
    /// The line, from 1, of the first row that each of these reasons is of.
    public internal(set) var firstLines: [String: Int] = [:]

    mutating func skip(_ reason: String, line: Int) {
      skipped[reason, default: 0] += 1
      firstLines[reason] = firstLines[reason] ?? line
    }

    mutating func reject(_ reason: String, line: Int) {
      rejected[reason, default: 0] += 1
      firstLines[reason] = firstLines[reason] ?? line
    }

    public var json: JSONValue {
      [
        "step": .string(label), "rows": .integer(rows), "made": .integer(made),
        "skipped": .object(skipped.mapValues { .integer($0) }),
        "rejected": .object(rejected.mapValues { .integer($0) }),
      ]
    }
  }

  /// An original and some of what was made of it.
  public struct Example: Sendable, Equatable {
    /// Of the original, in the input, from 1.
    public let line: Int
    public let original: JSONValue
    public internal(set) var variants: [Variant] = []

    public struct Variant: Sendable, Equatable {
      public let step: String
      /// Where the step wrote.
      public let pointer: JSONPointer
      public let row: JSONValue
    }
  }

  /// Rows that are not blank.
  public internal(set) var rows = 0
  /// Rows without a mark.
  public internal(set) var originals = 0
  /// Rows that were marked before, of which nothing is made.
  public internal(set) var synthetic = 0
  /// Rows that are no JSON.
  public internal(set) var defective = 0
  /// In the order of the plan.
  public internal(set) var steps: [Step] = []
  public internal(set) var examples: [Example] = []

  /// Rows that all steps made.
  public var made: Int { steps.reduce(0) { $0 + $1.made } }

  /// `605 rows: 605 originals; 411 made`
  public var text: String {
    var parts = [Quantity.count(Int64(originals), of: "original")]
    if synthetic > 0 { parts.append("\(synthetic) synthetic before") }
    if defective > 0 { parts.append("\(defective) that are no JSON") }
    let count = Quantity.count(Int64(rows), of: "row")
    return "\(count): \(parts.joined(separator: ", ")); \(made) made"
  }

  public var json: JSONValue {
    [
      "rows": .integer(rows), "originals": .integer(originals), "synthetic": .integer(synthetic),
      "defective": .integer(defective), "made": .integer(made),
      "steps": .array(steps.map(\.json)),
      "examples": .array(
        examples.map { example in
          [
            "line": .integer(example.line), "original": example.original,
            "variants": .array(
              example.variants.map { ["step": .string($0.step), "row": $0.row] }),
          ]
        }),
    ]
  }

  static let exampleLimit = 2

  /// Keeps the first variants of the first originals.
  mutating func show(_ row: SourceRow, _ variant: Example.Variant) {
    if let index = examples.firstIndex(where: { $0.line == row.line && $0.original == row.value }) {
      // Some of every step, so that a first step with many rows does not hide the others.
      let ofStep = examples[index].variants.count { $0.step == variant.step }
      if ofStep < 2, examples[index].variants.count < 8 { examples[index].variants.append(variant) }
    } else if examples.count < AugmentationReport.exampleLimit {
      examples.append(Example(line: row.line, original: row.value, variants: [variant]))
    }
  }
}
