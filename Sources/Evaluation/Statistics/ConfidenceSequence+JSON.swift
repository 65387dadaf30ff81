public import JSON

extension ConfidenceSequence {
  /// The value of `format`; raised when a reader of this one could misread newer sums.
  static let format = "mlops.confidence_sequence/v1"

  /// The sums so far, from which `init(json:)` goes on as if it had seen every outcome.
  ///
  /// | key | holds |
  /// |---|---|
  /// | `format` | `mlops.confidence_sequence/v1` |
  /// | `least`, `most` | the outcomes that can be |
  /// | `least_share` | the smallest share that either arm is ever given |
  /// | `candidate`, `baseline` | `subjects`, and the `sum` of their outcomes |
  /// | `powers` | the sums of the first four powers of X, as shares of the range |
  public var json: JSONValue {
    func arm(_ arm: Arm) -> JSONValue {
      ["subjects": .integer(arm.subjects), "sum": .double(arm.sum)]
    }
    return [
      "format": .string(Self.format), "least": .double(least), "most": .double(most),
      "least_share": .double(leastShare), "candidate": arm(candidate), "baseline": arm(baseline),
      "powers": .array((0..<4).map { .double(moments.sums[$0]) }),
    ]
  }

  /// Goes on with stored sums.
  ///
  /// - Throws: `EvaluationError` with code `evaluation.invalid_outcomes`.
  public init(json: JSONValue) throws(EvaluationError) {
    guard json["format"]?.string == Self.format else {
      throw .invalidOutcomes(
        reason:
          "the format of the stored sums is \(json["format"]?.canonical ?? "absent"), expected \(Self.format)"
      )
    }
    func number(_ json: JSONValue?, _ key: String) throws(EvaluationError) -> Double {
      guard let number = json?[key]?.double, number.isFinite else {
        throw .invalidOutcomes(
          reason: "\(key) of the stored sums is \(json?[key]?.canonical ?? "absent"), no number")
      }
      return number
    }
    try self.init(
      least: number(json, "least"), most: number(json, "most"),
      leastShare: number(json, "least_share"))
    func arm(_ key: String) throws(EvaluationError) -> Arm {
      let subjects = json[key]?["subjects"]?.int ?? -1
      let sum = try number(json[key], "sum")
      let mean = sum / Double(subjects)
      let rounding = 1e-6 * range
      guard 0...1_000_000_000_000 ~= subjects,
        subjects == 0 ? sum == 0 : mean >= least - rounding && mean <= most + rounding
      else {
        throw .invalidOutcomes(
          reason: "the stored sums of the \(key) are \(json[key]?.canonical ?? "absent")")
      }
      return Arm(subjects: subjects, sum: sum)
    }
    candidate = try arm("candidate")
    baseline = try arm("baseline")
    let powers = json["powers"]?.array?.compactMap(\.double) ?? []
    guard powers.count == 4, powers.allSatisfy(\.isFinite),
      Self.arePossible(powers, of: Double(subjects), reach: reach)
    else {
      throw .invalidOutcomes(
        reason:
          "the stored powers are \(json["powers"]?.canonical ?? "absent"), which no \(subjects) outcomes have"
      )
    }
    moments = BettingMoments(sums: SIMD4(powers), count: Double(subjects))
  }

  /// Whether numbers exist that are at most `reach` in size and have these sums of powers.
  private static func arePossible(_ powers: [Double], of count: Double, reach: Double) -> Bool {
    let spare = 1 + 1e-6
    var most = count
    for power in powers {
      most *= reach * spare
      guard abs(power) <= most else { return false }
    }
    // The mean square is at least the square of the mean, of the numbers and of their squares.
    return powers[0] * powers[0] <= powers[1] * count * spare
      && powers[1] * powers[1] <= powers[3] * count * spare
  }
}
