import Evaluation
import Foundation
import JSON
import Lifecycle
import MLOpsCore

/// How tests on live traffic read.
struct ABText {
  let terminal: Terminal

  func begun(_ test: LiveTest) -> String {
    let plan = test.plan
    return [
      "\(terminal.bold(plan.name)) runs in \(plan.environment): \(plan.candidate.label) gets "
        + "\(Quantity.percent(plan.weight)) of the subjects, \(plan.baseline.label) the others",
      terminal.pairs([
        ["id", plan.id],
        ["outcome", "\(plan.outcome), \(plan.direction.rawValue) is better"],
        ["look at it", "mlops ab status \(plan.name)"],
      ]),
    ].joined(separator: "\n")
  }

  func recorded(_ recorded: OutcomesRecorded, file: String) -> String {
    var parts = ["\(Quantity.grouped(Int64(recorded.added))) recorded"]
    if recorded.repeated > 0 {
      parts.append("\(Quantity.grouped(Int64(recorded.repeated))) there already")
    }
    if recorded.misassigned > 0 {
      let first = recorded.firstMisassigned.map { " (the first in line \($0))" } ?? ""
      parts.append(
        terminal.red(
          "\(Quantity.grouped(Int64(recorded.misassigned))) left out, whose arm is not their subject's"
            + first))
    }
    return "\(Quantity.count(Int64(recorded.lines), of: "line")) of \(file): "
      + parts.joined(separator: ", ")
  }

  func list(_ documents: [JSONValue]) -> String {
    guard !documents.isEmpty else { return "no A/B tests" }
    return terminal.table(
      ["TEST", "STATE", "ENVIRONMENT", "CANDIDATE", "BASELINE", "OUTCOME", "DECISION", "STARTED"],
      documents.map { document in
        [
          document.text("test"), document.text("state"), document.text("environment"),
          document["candidate"]?.text("release") ?? "", document["baseline"]?.text("release") ?? "",
          document.text("outcome"), Self.short[document.text("decision")] ?? "",
          String(document.text("started_at").prefix(16)),
        ]
      })
  }

  func status(_ document: JSONValue) -> String {
    [
      head(document), arms(document), verdict(document), remarks(document), days(document),
      terminal.dim(
        "Looking early is allowed: the interval and the p-value hold at all looks together."),
    ].filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private func head(_ document: JSONValue) -> String {
    let until = document["at"]?.string.map { ", as it stood at \($0)" } ?? ""
    return "\(terminal.bold(document.text("test")))  \(document.text("state")) in "
      + "\(document.text("environment"))\(until)  \(document.text("outcome")), "
      + "\(document.text("direction")) is better"
  }

  private func arms(_ document: JSONValue) -> String {
    terminal.table(
      ["", "RELEASE", "SUBJECTS>", "MEAN>"],
      ["candidate", "baseline"].map { arm in
        [
          arm, document[arm]?.text("release") ?? "",
          Quantity.grouped(Int64(document[arm]?["subjects"]?.int ?? 0)),
          Self.number(document[arm]?["mean"]),
        ]
      })
  }

  private func verdict(_ document: JSONValue) -> String {
    let alpha = document["alpha"]?.double ?? 0
    let share = String(format: "%g", (1 - alpha) * 100)
    let interval =
      "\(Self.signed(document["lower"])) … \(Self.signed(document["upper"]))"
    let decision = document.text("decision")
    let sentence = Self.sentences[decision] ?? decision
    let styled =
      switch decision {
      case "worse": terminal.red(terminal.bold(sentence))
      case "better", "equivalent": terminal.green(sentence)
      default: sentence
      }
    let day = document["decided_on"]?.string.map { " (since \($0))" } ?? ""
    let advice =
      decision == "worse" && document["state"] == "running"
      ? "; end it with 'mlops ab stop \(document.text("test"))'" : ""
    return terminal.pairs([
      ["difference", "\(Self.signed(document["difference"]))   \(share) % interval \(interval)"],
      ["p-value", Self.probability(document["p_value"])],
      ["decision", styled + day + advice + more(document)],
    ])
  }

  private func more(_ document: JSONValue) -> String {
    guard document["decision"] == "go_on" else { return "" }
    guard let more = document["more"]?.int else {
      return document["outcomes"] == 0 ? "; no outcomes yet" : ""
    }
    return "; likely \(Quantity.grouped(Int64(more))) more subjects if they are like those so far"
  }

  private func remarks(_ document: JSONValue) -> String {
    var lines: [String] = []
    let ratio = document["sample_ratio"]
    if ratio?["suspicious"] == true {
      lines.append(
        terminal.red("warning: ")
          + "the arms' numbers of subjects do not fit the weight of "
          + "\(Quantity.percent(document["weight"]?.double ?? 0)) (p \(Self.probability(ratio?["p_value"]))): "
          + "something loses subjects of one arm, and no comparison of the rest can be trusted")
    }
    if document["consistent"] == false {
      lines.append(
        terminal.red("warning: ")
          + "no difference is left over: looks at different days contradict each other, so the effect is not steady"
      )
    }
    if let mixed = document["mixed"]?.int, mixed > 0 {
      lines.append(
        "\(Quantity.count(Int64(mixed), of: "subject")) left out, whom both releases answered")
    }
    if let anonymous = document["anonymous"]?.int, anonymous > 0 {
      lines.append(
        "\(Quantity.count(Int64(anonymous), of: "thumb")) left out, of whom nobody knows who gave them"
      )
    }
    return lines.joined(separator: "\n")
  }

  /// How many days are shown.
  private static let shown = 14

  private func days(_ document: JSONValue) -> String {
    let looks = document["looks"]?.array ?? []
    guard !looks.isEmpty else { return "" }
    let width = (document["most"]?.double ?? 1) - (document["least"]?.double ?? 0)
    let recent = looks.suffix(Self.shown)
    // The axis reaches as far as the first interval that is shown.
    let reach =
      recent.prefix(1).flatMap { [$0["lower"]?.double, $0["upper"]?.double] }
      .compactMap { $0.map(abs) }.max() ?? width
    let table = terminal.table(
      ["DAY", "CANDIDATE>", "BASELINE>", "DIFFERENCE>", "LOWER>", "UPPER>", "P>", "", "DECISION"],
      recent.map { look in
        [
          look.text("day"), "\(look["candidate"]?["subjects"]?.int ?? 0)",
          "\(look["baseline"]?["subjects"]?.int ?? 0)", Self.signed(look["difference"]),
          Self.signed(look["lower"]), Self.signed(look["upper"]),
          Self.probability(look["p_value"]), Self.bar(look, reach: reach),
          Self.short[look.text("decision")] ?? "",
        ]
      })
    let before = looks.count - recent.count
    return before > 0
      ? terminal.dim("after \(Quantity.count(Int64(before), of: "earlier day"))") + "\n" + table
      : table
  }

  /// Where the interval lies between −reach and reach, with 0 in the middle.
  private static func bar(_ look: JSONValue, reach: Double) -> String {
    let cells = 21
    guard let lower = look["lower"]?.double, let upper = look["upper"]?.double, reach > 0 else {
      return ""
    }
    func cell(_ value: Double) -> Int {
      let place = (min(max(value / reach, -1), 1) + 1) / 2 * Double(cells - 1)
      return Int(place.rounded())
    }
    let (first, last) = (min(cell(lower), cell(upper)), max(cell(lower), cell(upper)))
    return (0..<cells).map { place in
      place == cells / 2 ? "│" : (first...last).contains(place) ? "━" : "·"
    }.joined()
  }

  private static let short = [
    "better": "better", "worse": "HARM", "equivalent": "equivalent", "go_on": "go on",
  ]
  private static let sentences = [
    "better": "the candidate is better", "worse": "HARM: the candidate is worse",
    "equivalent": "equivalent: they differ by less than the margin", "go_on": "go on",
  ]

  private static func number(_ json: JSONValue?) -> String {
    json?.double.map(magnitude) ?? "–"
  }

  /// Four decimals, or four digits of what those would not tell.
  private static func magnitude(_ value: Double) -> String {
    value == 0 || (0.001..<10_000).contains(abs(value))
      ? Quantity.fixed(value, decimals: 4) : String(format: "%.4g", value)
  }

  private static func signed(_ json: JSONValue?) -> String {
    guard let value = json?.double else { return "–" }
    return (value < 0 ? "−" : "+") + magnitude(abs(value))
  }

  private static func probability(_ json: JSONValue?) -> String {
    guard let value = json?.double else { return "–" }
    return value < 0.0001 ? "< 0.0001" : Quantity.fixed(value, decimals: 4)
  }
}

extension JSONValue {
  /// A member's text; empty where there is none.
  fileprivate func text(_ key: String) -> String { self[key]?.string ?? "" }
}
