import ArgumentParser
import Datasets
import Foundation
import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry

/// `mlops feedback list`
struct FeedbackListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show records, the last added first.")

  @Option(parsing: .unconditional, help: "How many at most.")
  var limit = 20

  @OptionGroup var filter: FeedbackFilterOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    guard limit >= 0 else { throw ValidationError("--limit is 0 or more.") }
    let registry = try global.openWorkspace().registry()
    let chosen = try filter.filter(registry)
    let log = try registry.feedbackIfAny()
    let entries = try log?.entries(chosen, newestFirst: true, limit: limit) ?? []
    let all = try log?.count(chosen) ?? 0
    let terminal = global.terminal
    terminal.result(
      [
        "count": .integer(all),
        "feedback": .array(
          entries.map { entry in
            [
              "feedback": .string(entry.digest.description),
              "recorded_at": .string(UTCTime.text(entry.recordedAt)), "record": entry.record.json,
            ]
          }),
      ], text: entries.isEmpty ? "no feedback" : table(entries, terminal, of: all))
  }

  private func table(_ entries: [FeedbackEntry], _ terminal: Terminal, of all: Int) -> String {
    let table = terminal.table(
      ["FEEDBACK", "JUDGED", "RATER", "THUMB", "QUESTION", "ANSWER", "CORRECTED"],
      entries.map { entry in
        let record = entry.record
        return [
          entry.digest.short, String(UTCTime.text(entry.judgedAt).prefix(16)),
          record.rater.map { Excerpt.of($0, width: 16) } ?? "–", record.rating?.rawValue ?? "–",
          FeedbackListCommand.question(record.input),
          Excerpt.of(record.preference.map { $0.rejected } ?? record.output, width: 24),
          Excerpt.of(
            record.preference.map { $0.chosen } ?? record.corrected
              ?? record.comment.map { .string($0) },
            width: 24),
        ]
      })
    let more = all - entries.count
    return more > 0
      ? table + "\n" + terminal.dim("and \(Quantity.grouped(Int64(more))) more") : table
  }

  /// The last thing that was asked.
  private static func question(_ input: JSONValue?) -> String {
    if let turns = input?.array { return Excerpt.of(turns.last?["content"], width: 32) }
    return Excerpt.of(input, width: 32)
  }
}

/// `mlops feedback export`
struct FeedbackExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write records as NDJSON, in the form that 'import' reads.",
    discussion: """
      Records whose person does not allow training are left out unless --all is given; whose data a \
      record is, is never written.
      """)

  @Option(help: "The file; - is the standard output.")
  var out = "-"

  @Flag(help: "Also records of people who do not allow training.")
  var all = false

  @OptionGroup var filter: FeedbackFilterOptions
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if out != "-" { try ReportFile.check(out, option: "--out") }
  }

  func run() throws {
    let registry = try global.openWorkspace().registry()
    var chosen = try filter.filter(registry)
    let policy = try global.openWorkspace().configuration.feedback
    if !all { chosen.consent = policy.requiresConsent ? .given : .allowed }
    var lines: [String] = []
    try registry.feedbackIfAny()?.forEach(chosen) { lines.append($0.record.json.canonical) }
    let text = lines.map { $0 + "\n" }.joined()
    guard out != "-" else {
      if !lines.isEmpty { Terminal.write(text, to: STDOUT_FILENO) }
      return
    }
    try OutputFile.write(text, to: out, isPrivate: true)
    global.terminal.result(
      ["records": .integer(lines.count), "file": .string(out)],
      text: "wrote \(Quantity.count(Int64(lines.count), of: "record")) to \(out)")
  }
}

/// `mlops feedback stats`
struct FeedbackStatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: "Count feedback by release, rater and week.")

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let registry = try global.openWorkspace().registry()
    let statistics = try FeedbackStatistics(registry: registry)
    global.terminal.result(statistics.document, text: text(statistics))
  }

  private func text(_ statistics: FeedbackStatistics) -> String {
    let terminal = global.terminal
    let counts = statistics.counts
    func number(_ count: Int) -> String { Quantity.grouped(Int64(count)) }
    let present = counts.records - counts.forgotten
    guard counts.records > 0 else { return "no feedback" }
    var lines = [
      terminal.pairs([
        ["records", number(present)],
        ["thumbs", "\(number(statistics.thumbs.up)) up, \(number(statistics.thumbs.down)) down"],
        ["corrections", number(statistics.corrections)],
        ["preferences", number(statistics.preferences)],
        ["comments", number(statistics.comments)],
        [
          "consent",
          "\(number(counts.given)) given, \(number(counts.refused)) refused, "
            + "\(number(present - counts.given - counts.refused)) unknown",
        ], ["forgotten", number(counts.forgotten)],
      ])
    ]
    if statistics.weeks.count > 1 {
      let line = Sparkline.draw(statistics.weeks.map { Double($0.records) }, width: 40)
      lines.append(
        terminal.pairs([
          [
            "by week",
            "\(line)  since \(UTCTime.text(statistics.weeks[0].start).prefix(10))",
          ]
        ]))
    }
    if statistics.releases.contains(where: { $0.thumbs.count > 0 }) {
      lines += [
        "",
        terminal.table(
          ["RELEASE", "UP>", "DOWN>", "GOOD>", "95 % INTERVAL"],
          statistics.releases.filter { $0.thumbs.count > 0 }.map { line in
            [line.label ?? line.release?.short ?? "(not named)"] + thumbs(line.thumbs)
          }),
      ]
    }
    if !statistics.raters.isEmpty {
      lines += [
        "",
        terminal.table(
          ["RATER", "RECORDS>", "UP>", "DOWN>", "GOOD>", "95 % INTERVAL"],
          statistics.raters.prefix(20).map { line in
            [line.rater, number(line.records)] + thumbs(line.thumbs)
          }),
      ]
      if statistics.raters.count > 20 {
        lines.append(terminal.dim("and \(statistics.raters.count - 20) more raters"))
      }
    }
    return lines.joined(separator: "\n")
  }

  private func thumbs(_ thumbs: FeedbackStatistics.Thumbs) -> [String] {
    [
      Quantity.grouped(Int64(thumbs.up)), Quantity.grouped(Int64(thumbs.down)),
      thumbs.share.map { Quantity.percent($0) } ?? "–",
      thumbs.interval.map {
        "\(Quantity.percent($0.lowerBound)) – \(Quantity.percent($0.upperBound))"
      } ?? "–",
    ]
  }
}
