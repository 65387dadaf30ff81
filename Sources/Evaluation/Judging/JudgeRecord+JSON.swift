import JSON
import MLOpsCore

extension JudgeRecord {
  /// The report's `judge`.
  ///
  /// | key | holds |
  /// |---|---|
  /// | `label`, `digest` | of the judge's release |
  /// | `rubric`, `scale`, `reference` | what it was told; `scale` as `[worst, best]` |
  /// | `scored`, `compared`, `identical` | different answers it scored, pairs it saw in both orders, pairs it need not see |
  /// | `in_form` | the mean probability that it answers in the form it was asked for; null where it answered nothing |
  /// | `wins` | `candidate`, `tie`, `baseline`: pairs by whom both orders prefer; null without `judge_win` |
  /// | `orders` | `cases`, `agreeing`, `share`, `interval`, `kappa`, `kappa_interval`, `first_twice`, `second_twice`, `position_p_value`; null where no pair was shown |
  /// | `human` | `scores` (`cases`, `equal`, `within_one`, their `…_interval`s, `bias`, `kappa` with quadratic weights, `kappa_interval`), `preferences` (`cases`, `agreeing`, `share`, `interval`, `kappa`, `kappa_interval`); null where there are none |
  /// | `unjudged` | for each: `case`, `metric`, `side` (null of a pair), `reason` |
  /// | `same_as` | the sides that have the judge's weights |
  func json(_ suite: Suite) -> JSONValue {
    [
      "label": .string(label), "digest": .string(digest.description),
      "rubric": .string(judge.rubric),
      "scale": [.integer(judge.scale.lowerBound), .integer(judge.scale.upperBound)],
      "reference": .bool(judge.showsReference), "scored": .integer(scored),
      "compared": .integer(compared), "identical": .integer(identical),
      "in_form": inForm.map { .double($0) } ?? .null,
      "wins": wins.map {
        [
          "candidate": .integer($0.candidate), "tie": .integer($0.tie),
          "baseline": .integer($0.baseline),
        ]
      } ?? .null,
      "orders": orders.map(json) ?? .null,
      "human": human.map {
        [
          "scores": $0.scores.map(json) ?? .null,
          "preferences": $0.preferences.map { .object(members($0)) } ?? .null,
        ]
      } ?? .null,
      "unjudged": .array(
        unjudged.map {
          [
            "case": .string(suite.cases[$0.place].id), "metric": .string($0.metric),
            "side": $0.side.map { .string($0.rawValue) } ?? .null, "reason": .string($0.reason),
          ]
        }),
      "same_as": .array(kin.map { .string($0.rawValue) }),
    ]
  }

  private func json(_ orders: OrderConsistency) -> JSONValue {
    var object = members(orders.agreement)
    object["first_twice"] = .integer(orders.firstTwice)
    object["second_twice"] = .integer(orders.secondTwice)
    object["position_p_value"] = .double(orders.positionBias)
    return .object(object)
  }

  private func json(_ scores: WeightedAgreement) -> JSONValue {
    [
      "cases": .integer(scores.cases), "equal": .integer(scores.equal),
      "equal_interval": scores.interval(of: scores.equal, confidence: confidence).json,
      "within_one": .integer(scores.withinOne),
      "within_one_interval": scores.interval(of: scores.withinOne, confidence: confidence).json,
      "bias": .double(scores.bias), "kappa": scores.kappa.map { .double($0) } ?? .null,
      "kappa_interval": scores.kappaInterval(confidence: confidence)?.json ?? .null,
    ]
  }

  private func members(_ agreement: Agreement) -> [String: JSONValue] {
    [
      "cases": .integer(agreement.cases), "agreeing": .integer(agreement.agreeing),
      "share": .double(agreement.share),
      "interval": agreement.interval(confidence: confidence).json,
      "kappa": agreement.kappa.map { .double($0) } ?? .null,
      "kappa_interval": agreement.kappaInterval(confidence: confidence)?.json ?? .null,
    ]
  }
}
