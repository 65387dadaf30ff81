import ArgumentParser
import Datasets
import Foundation
import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry

/// `mlops feedback build`
struct FeedbackBuildCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build", abstract: "Make a dataset of feedback that 'mlops train' takes.",
    discussion: """
      sft gives the right answer to each question, dpo pairs of a better and a worse answer, kto answers \
      with whether they are good. A correction says what is right and that the answer was wrong; a thumb \
      judges the answer; a preference judges both. A rater's latest judgement stands for the ones before. \
      Records of people who refuse consent are never used.

      The version holds rows.ndjson, sources.ndjson (which feedback a row comes from) and \
      conflicts.ndjson. The same feedback and options give the same digest.
      """)

  @Option(help: "sft, dpo or kto.")
  var method = "sft"

  @Option(help: "The dataset's name.")
  var out: String

  @Option(name: .customLong("merge"), help: "A dataset that goes into it; repeatable.")
  var merge: [String] = []

  @Option(help: "A prompt; needed where questions are fields of records.")
  var prompt: String?

  @Option(
    help: "The field of merged records with the answer (default: corrected, label or answer).")
  var answer: String?

  @Option(
    help:
      "Who is right where people contradict each other: latest, majority, rater (see --raters), or drop."
  )
  var conflicts = "latest"

  @Option(help: "Raters whose word counts, the first the most: --raters anna,ben.")
  var raters: String?

  @Option(help: "none, cap (leave out rows of large classes) or fill (repeat rows of small ones).")
  var balance = "none"

  @Option(
    help: ArgumentHelp(
      "A row's class, as a pointer into {input, answer, label} (default: /answer; for kto /label).",
      valueName: "pointer"))
  var balanceBy: String?

  @Option(help: "Rows that each class should have (default: the median of the classes).")
  var perClass: Int?

  @Option(help: "The members of an answer that is an object, in the order in which it is learned.")
  var labelKeys: String?

  @Option(parsing: .unconditional, help: "How many conflicts to show; all are in the version.")
  var maxConflicts = 5

  @Option(help: "Why, for the history.")
  var reason = ""

  @OptionGroup var filter: FeedbackFilterOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let workspace = try global.openWorkspace()
    let registry = try workspace.registry()
    let outcome = try await BuildFeedback(workspace: workspace, registry: registry).run(
      BuildFeedback.Request(
        options: try options(), filter: try filter.filter(registry), merge: merge, prompt: prompt,
        answer: answer, name: try ArtifactName(out), reason: reason))
    let terminal = global.terminal
    let record = outcome.dataset.record
    let rows = Quantity.count(Int64(outcome.report.rows), of: "row")
    let head =
      outcome.dataset.isNew
      ? "built \(terminal.bold(record.label))  \(rows) for \(method)"
      : "unchanged: this is \(terminal.bold(record.label)) already  \(rows) for \(method)"
    let shown = outcome.conflicts.prefix(max(maxConflicts, 0)).map { conflict(of: $0) }
    let more = outcome.conflicts.count - shown.count
    var lines = [head, terminal.pairs(outcome.report.lines)]
    if !shown.isEmpty { lines += ["", "People contradict each other:"] + shown }
    if more > 0 { lines.append(terminal.dim("  and \(more) more in conflicts.ndjson")) }
    lines.append(terminal.dim(record.digest.description))
    terminal.result(outcome.document, text: lines.joined(separator: "\n"))
  }

  private func options() throws -> FeedbackBuildOptions {
    let policy = try WordArgument.parse(
      conflicts, as: "--conflicts", of: FeedbackBuildOptions.Conflicts.self)
    let raters = (raters ?? "").split(separator: ",").map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    guard (policy == .rater) == !raters.isEmpty else {
      throw ValidationError("--conflicts rater and --raters a,b go together.")
    }
    let balance = try WordArgument.parse(
      balance, as: "--balance", of: FeedbackBuildOptions.Balance.self)
    guard balance != .none || (balanceBy == nil && perClass == nil) else {
      throw ValidationError("--balance-by and --per-class need --balance cap or fill.")
    }
    guard perClass.map({ $0 >= 1 }) ?? true else {
      throw ValidationError("--per-class is 1 or more.")
    }
    let pointer = try balanceBy.map { text in
      guard let pointer = JSONPointer(text), let part = pointer.tokens.first,
        ["input", "answer", "label"].contains(part)
      else {
        throw ValidationError(
          "--balance-by is a pointer such as /answer or /input/topic, not '\(text)'.")
      }
      return pointer
    }
    return FeedbackBuildOptions(
      method: try WordArgument.parse(
        method, as: "--method", of: FeedbackBuildOptions.Method.self),
      conflicts: policy, raters: raters, balance: balance, balanceBy: pointer, perClass: perClass,
      labelKeys: (labelKeys ?? "").split(separator: ",").map {
        $0.trimmingCharacters(in: .whitespaces)
      })
  }

  private func conflict(of conflict: JSONValue) -> String {
    let terminal = global.terminal
    let votes = (conflict["votes"]?.array ?? []).map { vote in
      let sign = vote["good"] == .bool(true) ? "✓" : "✗"
      let name = vote["rater"]?.string ?? vote["dataset"].map { _ in "a merged row" } ?? "somebody"
      let rater = Excerpt.of(name, width: 24)
      return "    \(sign) \(Excerpt.of(vote["answer"], width: 60))  \(terminal.dim(rater))"
    }
    return (["  " + Excerpt.of(conflict["question"], width: 70)] + votes).joined(separator: "\n")
  }
}

/// `mlops feedback forget`
struct FeedbackForgetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget", abstract: "Delete the feedback of a person who asks for it.",
    discussion: """
      Records about the person, and records that they made, are emptied and overwritten on the disk; what \
      was made before and is imported again stays out. Versions are immutable, so datasets and models \
      that learned from the records are listed: build and train them anew without, promote those, and \
      let 'mlops gc' remove the old ones.
      """)

  @Option(help: "Whose data, or who judged.")
  var subject: String

  @Flag(help: "Only say what would be deleted, and where it has gone.")
  var dryRun = false

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    guard !subject.isEmpty else { throw ValidationError("--subject must not be empty.") }
    let registry = try global.openWorkspace().registry()
    let outcome = try await ForgetFeedback(registry: registry).run(subject, isDryRun: dryRun)
    let terminal = global.terminal
    let count = Quantity.count(Int64(outcome.records), of: "record")
    var lines = [dryRun ? "would forget \(count)" : "forgot \(count)"]
    if outcome.records == 0 {
      lines.append(terminal.dim("nobody of that name judged, and no record is about them"))
    }
    if !outcome.reached.isEmpty {
      lines += [
        "",
        dryRun ? "They have gone into:" : "They went into what follows, which should be made anew:",
        terminal.table(
          ["VERSION", "KIND", "ROWS>", "CONFLICTS>", "SERVES"],
          outcome.reached.map { reached in
            [
              reached.version.label, reached.version.kind.rawValue,
              reached.rows.map { Quantity.grouped(Int64($0)) } ?? "made from it",
              reached.conflicts == 0 ? "–" : Quantity.grouped(Int64(reached.conflicts)),
              reached.serves.isEmpty ? "–" : reached.serves.map { "@\($0)" }.joined(separator: " "),
            ]
          }),
      ]
    }
    terminal.result(outcome.document, text: lines.joined(separator: "\n"))
  }
}
