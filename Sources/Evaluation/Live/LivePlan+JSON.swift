import Foundation
public import JSON
import MLOpsCore

extension LivePlan {
  /// Keys: `test`, `id`, `environment`, `baseline` and `candidate` (each `release` and `digest`),
  /// `weight`, `outcome`, `least`, `most`, `direction`, `margin` (null where there is none), `alpha`,
  /// `min_subjects`, `since`.
  public var json: JSONValue {
    func side(_ side: Side) -> JSONValue {
      ["release": .string(side.label), "digest": .string(side.digest.description)]
    }
    return [
      "test": .string(name), "id": .string(id), "environment": .string(environment),
      "baseline": side(baseline), "candidate": side(candidate), "weight": .double(weight),
      "outcome": .string(outcome.description), "least": .double(least), "most": .double(most),
      "direction": .string(direction.rawValue), "margin": margin.map { .double($0) } ?? .null,
      "alpha": .double(alpha), "min_subjects": .integer(minSubjects),
      "since": .string(UTCTime.text(since)),
    ]
  }

  /// Reads a stored plan.
  ///
  /// - Throws: `EvaluationError` with code `evaluation.invalid_outcomes`.
  public init(json: JSONValue) throws(EvaluationError) {
    func value<Value>(_ key: String, _ value: Value?) throws(EvaluationError) -> Value {
      guard let value else {
        throw .invalidOutcomes(
          reason: "\(key) of the stored test is \(json[key]?.canonical ?? "absent")")
      }
      return value
    }
    func side(_ key: String) throws(EvaluationError) -> Side {
      let digest = json[key]?["digest"]?.string.flatMap { try? Digest($0) }
      return Side(
        label: try value(key, json[key]?["release"]?.string), digest: try value(key, digest))
    }
    func number(_ key: String, where holds: (Double) -> Bool) throws(EvaluationError) -> Double {
      try value(key, json[key]?.double.flatMap { $0.isFinite && holds($0) ? $0 : nil })
    }
    let id = try value("id", json["id"]?.string.flatMap { LivePlan.isID($0) ? $0 : nil })
    let least = try number("least") { _ in true }
    let hasMargin = json["margin"] != .null
    self.init(
      name: try value("test", json["test"]?.string), id: id,
      environment: try value("environment", json["environment"]?.string),
      baseline: try side("baseline"), candidate: try side("candidate"),
      weight: try number("weight") { $0 > 0 && $0 < 1 },
      outcome: try value("outcome", json["outcome"]?.string.flatMap { Outcome($0) }),
      least: least, most: try number("most") { $0 > least && ($0 - least).isFinite },
      direction: try value(
        "direction", json["direction"]?.string.flatMap { Direction(rawValue: $0) }),
      margin: hasMargin ? try number("margin") { $0 > 0 } : nil,
      alpha: try number("alpha") { $0 > 0 && $0 <= 0.5 },
      minSubjects: try value("min_subjects", json["min_subjects"]?.int),
      since: try value("since", json["since"]?.string.flatMap { UTCTime.date($0) }))
  }
}
