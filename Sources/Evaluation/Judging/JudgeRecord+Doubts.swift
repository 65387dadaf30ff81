import MLOpsCore

extension JudgeRecord {
  /// Why the judge's numbers prove nothing of a candidate, where the gate rests on them: whoever always
  /// names the first answer calls everything a tie.
  func doubts(_ gate: Gate) -> [String] {
    var doubts: [String] = []
    let metrics = gate.checks.map(\.metric)
    if metrics.contains(where: \.isJudgeWin), let orders, orders.agreement.share <= 0.5 {
      doubts.append(
        "The judge names the same answer in both orders in \(Quantity.percent(orders.agreement.share)) of \(Quantity.count(Int64(orders.agreement.cases), of: "pair")) only: what it prefers says nothing."
      )
    }
    if metrics.contains(where: { $0.isJudgeScore || $0.isJudgeWin }), let inForm, inForm < 0.5 {
      doubts.append(
        "The judge would reply in the form that it is asked for with a probability of \(Quantity.percent(inForm)): its numbers are not what it would say."
      )
    }
    return doubts
  }
}
