import JSON

/// What a first pass over the rows finds: which fields there are, and how labels are distributed.
struct SourceCensus {
  /// How many rows there are of each label, synthetic ones included, by the label's field.
  private(set) var labels: [JSONPointer: [String: Int]] = [:]
  /// How many originals of each label a step takes, by the step's place.
  private(set) var taken: [[String: Int]]
  private var present: [JSONPointer: Int] = [:]
  private var names = FieldNames()
  private let plan: AugmentationPlan
  private let seed: UInt64

  /// Keeps a field with a value of its own in every row from filling the memory.
  private static let labelLimit = 100_000

  init(_ plan: AugmentationPlan, seed: UInt64) {
    self.plan = plan
    self.seed = seed
    taken = plan.steps.map { _ in [:] }
    for step in plan.steps {
      for field in step.reads + step.common.reads { present[field.pointer] = 0 }
      if let balance = step.common.balance { labels[balance.field.pointer] = [:] }
    }
  }

  /// Notes a row that is in the output, be it an original, there before or new.
  ///
  /// - Throws: `DatasetsError.malformedSetting` where a field has too many values to be balanced.
  mutating func note(_ row: JSONValue) throws(DatasetsError) {
    for pointer in labels.keys {
      guard let label = row.label(at: pointer) else { continue }
      labels[pointer]?[label, default: 0] += 1
      guard labels[pointer]?.count ?? 0 <= SourceCensus.labelLimit else {
        let step = plan.steps.first { $0.common.balance?.field.pointer == pointer }
        throw .malformedSetting(
          place: step?.common.balance?.field.place ?? "balance_by",
          expected: "a field with at most \(SourceCensus.labelLimit) different values",
          found: "more in '\(pointer)'", suggestion: nil)
      }
    }
  }

  /// Notes an original: which fields it has, and which steps take it.
  mutating func note(original row: SourceRow) {
    for pointer in present.keys where row.value[pointer] != nil {
      present[pointer, default: 0] += 1
    }
    names.note(row.value)
    for (place, (step, label)) in zip(plan.steps, plan.labels).enumerated() {
      guard let balance = step.common.balance, step.common.takes(row, seed, label),
        let name = row.value.label(at: balance.field.pointer)
      else { continue }
      taken[place][name, default: 0] += 1
    }
  }

  /// Refuses fields that no row has: a slip of the keyboard would make nothing, or wrong rows.
  ///
  /// - Throws: `DatasetsError.malformedSetting`.
  func check() throws(DatasetsError) {
    for step in plan.steps {
      for field in step.reads + step.common.reads where present[field.pointer] == 0 {
        throw names.refusal(of: field)
      }
    }
  }
}
