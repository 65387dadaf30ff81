public import JSON

extension LiveComparison {
  /// Keys: those of the plan, in `candidate` and `baseline` also `subjects` and `mean`, and
  /// `outcomes`, `mixed`, `difference`, `lower`, `upper`, `p_value`, `decision`, `decided_on`, `more`,
  /// `consistent`, `sample_ratio` (`p_value`, `suspicious`), `looks`, `sums` (`ConfidenceSequence`).
  public var json: JSONValue {
    var object = plan.json.object ?? [:]
    for (name, arm) in [("candidate", sums.candidate), ("baseline", sums.baseline)] {
      let side = object[name]?.object ?? [:]
      object[name] = .object(side.merging(LiveLook.Arm(arm).json.object ?? [:]) { $1 })
    }
    object["outcomes"] = .integer(outcomes)
    object["mixed"] = .integer(mixed)
    object["difference"] = looks.last?.difference.map { .double($0) } ?? .null
    object["lower"] = .double(interval.lower)
    object["upper"] = .double(interval.upper)
    object["p_value"] = .double(pValue)
    object["decision"] = .string(decision.rawValue)
    object["decided_on"] = decidedAt.map { .string($0.day) } ?? .null
    object["more"] = more.map { .integer($0) } ?? .null
    object["consistent"] = .bool(isConsistent)
    object["sample_ratio"] = [
      "p_value": .double(sampleRatioPValue), "suspicious": .bool(isUneven),
    ]
    object["looks"] = .array(looks.map(\.json))
    object["sums"] = sums.json
    return .object(object)
  }
}
