import MLOpsCore

extension JudgeRecord {
  /// What the reports say of the judge, a line each; the first names it.
  var lines: [String] {
    var lines = ["judge \(label) (\(digest.short))"]
    if scored > 0 {
      lines.append(
        "scored \(Quantity.count(Int64(scored), of: "different answer")) from \(judge.scale.lowerBound) to \(judge.scale.upperBound)"
      )
    }
    if let wins {
      lines.append(
        "compared \(Quantity.count(Int64(compared), of: "pair")) in both orders, \(identical) were equal: \(wins.candidate) won, \(wins.tie) tied, \(wins.baseline) lost"
      )
    }
    if let orders {
      let same = orders.agreement
      lines.append(
        "both orders agree: \(share(same.agreeing, same.cases))\(kappa(same.kappa, same.kappaInterval(confidence: confidence), same.cases))"
      )
      lines.append(
        "the order decided: \(orders.firstTwice) for the first, \(orders.secondTwice) for the last (\(PValue.text(orders.positionBias)))"
      )
    }
    if let inForm {
      lines.append(
        "answers in the form it is asked for with probability \(Quantity.percent(inForm))")
    }
    if let scores = human?.scores {
      lines.append(
        "people's scores: equal \(share(scores.equal, scores.cases)), within one \(share(scores.withinOne, scores.cases)), the judge's \(Figure.signed(scores.bias, .number)) on average\(kappa(scores.kappa, scores.kappaInterval(confidence: confidence), scores.cases, "quadratic kappa"))"
      )
    }
    if let same = human?.preferences {
      lines.append(
        "people's preferences: equal \(share(same.agreeing, same.cases))\(kappa(same.kappa, same.kappaInterval(confidence: confidence), same.cases))"
      )
    }
    return lines
  }

  /// `15 of 18 (83.3 %, 60.8 % … 94.2 %)`
  private func share(_ count: Int, _ all: Int) -> String {
    let interval = WilsonInterval.of(successes: count, trials: all, confidence: confidence)
    return
      "\(count) of \(all) (\(Quantity.percent(Double(count) / Double(all))), \(Quantity.percent(interval.lower)) … \(Quantity.percent(interval.upper)))"
  }

  /// Nothing for a few cases, of which its interval is not true.
  private func kappa(
    _ value: Double?, _ interval: Interval?, _ cases: Int, _ name: String = "kappa"
  ) -> String {
    guard let value, let interval, cases >= 10 else { return "" }
    return
      ", \(name) \(Quantity.fixed(value, decimals: 2)) (\(Figure.signed(interval.lower, .number)) … \(Figure.signed(interval.upper, .number)))"
  }
}
