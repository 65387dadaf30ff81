import JSON

/// Why nothing can match some schemas together, as far as their demands tell by themselves. That no
/// reason is found says nothing.
struct Emptiness {
  /// The keywords that may be to blame, the likeliest first.
  let keywords: [String]
  /// A clause without a full stop: `no whole number lies between its limits, so nothing is valid`.
  let statement: String

  /// Where what is in the way was probably written, if nowhere else.
  static let applicators = ["allOf", "$ref", "anyOf", "oneOf", "type"]

  init(_ keywords: [String], _ why: String, _ what: String = "nothing") {
    self.keywords = keywords
    statement = "\(why), so \(what) is valid"
  }

  /// What demands on a value by itself come to; nil where no reason is found.
  init?(_ demands: Conjunction) {
    guard let reason = Emptiness.ofScalars(demands) ?? Emptiness.ofCounts(demands) else {
      return nil
    }
    self = reason
  }

  private static func ofScalars(_ demands: Conjunction) -> Emptiness? {
    if demands.isNever {
      return Emptiness(applicators, "one of the schemas that have to match is false")
    }
    if demands.types?.isEmpty == true {
      return Emptiness(applicators, "no type is left that all of it admits")
    }
    if demands.admittedValues?.isEmpty == true {
      return Emptiness(["enum", "const"] + applicators, "no value is left that all of it admits")
    }
    let limits = ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"] + applicators
    if demands.finiteValues?.isEmpty == true {
      return Emptiness(limits, "no whole number lies between its limits")
    }
    if demands.types?.isSubset(of: ["integer", "fraction"]) == true, let low = demands.lower,
      let high = demands.upper,
      high.number < low.number
        || high.number == low.number && (low.isExclusive || high.isExclusive)
    {
      return Emptiness(limits, "no number lies between its limits")
    }
    return nil
  }

  private static func ofCounts(_ demands: Conjunction) -> Emptiness? {
    for (type, noun) in [("string", "Length"), ("array", "Items"), ("object", "Properties")] {
      guard let least = demands.counts["min\(noun)"], let most = demands.counts["max\(noun)"],
        most < least
      else { continue }
      return Emptiness(
        ["min\(noun)", "max\(noun)"] + applicators,
        "min\(noun) is \(least) and max\(noun) is \(most)", demands.scope(type))
    }
    if let most = demands.counts["maxProperties"], demands.required.count > most {
      return Emptiness(
        ["maxProperties", "required"] + applicators,
        "maxProperties is \(most), but \(Phrase.count(demands.required.count, "name")) are required",
        demands.scope("object"))
    }
    return nil
  }
}

extension Conjunction {
  /// What a demand on one type says of all values: where other types are admitted, only of that one.
  func scope(_ type: String) -> String {
    types == [type] ? "nothing" : "no \(type)"
  }
}
