import ArgumentParser
import Datasets
import Foundation
import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry
import SystemPackage

/// `mlops clean`
struct CleanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean",
    abstract: "Run cleaning steps over a dataset and register what is left.",
    discussion: """
      Steps are a YAML list, applied in order: \(CleaningPipeline.names.joined(separator: ", ")). \
      Every row is kept or accounted for: dropped.ndjson in the version has its line, step and \
      reason. The same rows and steps give the same digest.
      """)

  @Argument(
    help: "A dataset, or a file of rows (tables, Parquet, SQLite and folders of texts too).")
  var data: String

  @OptionGroup var asked: QueryOption

  @Option(help: "The YAML file with the steps.")
  var steps: String

  @Option(help: "The dataset's name.")
  var out: String

  @Option(help: "Why, for the history.")
  var reason = ""

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let pipeline = try CleaningFile.load(FilePath(steps))
    try CleaningRunner(global: global).run(
      data, query: asked.query, pipeline, out: out, reason: reason)
  }
}

/// `mlops dedup`
struct DedupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dedup", abstract: "Drop repeated and nearly repeated rows of a dataset.",
    discussion: """
      Rows are nearly the same where their sets of shingles (three letters of Hangul, words of \
      other scripts) overlap by the threshold; every pair is verified. The first row of a cluster \
      stays.
      """)

  @Argument(help: "A dataset, or a file of rows.")
  var data: String

  @Option(help: "The dataset's name.")
  var out: String

  @Option(
    name: .customLong("field"),
    help: ArgumentHelp(
      "Where the texts to compare are, as a JSON Pointer; repeatable (default: all strings).",
      valueName: "pointer"))
  var fields: [String] = []

  @Option(
    parsing: .unconditional, help: "How much two rows overlap that are nearly the same, 0 to 1.")
  var threshold = 0.8

  @Flag(help: "Only rows that are exactly the same.")
  var exact = false

  @Option(help: "Why, for the history.")
  var reason = ""

  @OptionGroup var global: GlobalOptions

  func run() throws {
    var steps: [JSONValue] = ["drop_exact_duplicates"]
    if !exact {
      var settings: [String: JSONValue] = ["threshold": .double(threshold)]
      if !fields.isEmpty { settings["fields"] = .array(fields.map { .string($0) }) }
      steps.append(["drop_near_duplicates": .object(settings)])
    }
    try CleaningRunner(global: global).run(
      data, try CleaningPipeline(.array(steps), place: "dedup"), out: out, reason: reason)
  }
}

/// Cleans and says what came of it.
private struct CleaningRunner {
  let global: GlobalOptions

  func run(
    _ data: String, query: String? = nil, _ pipeline: CleaningPipeline, out: String, reason: String
  ) throws {
    let bar = ProgressBar()
    let cleaned = try MakeDataset(registry: global.openWorkspace().registry()).clean(
      data, query: query, pipeline, as: try ArtifactName(out), reason: reason, progress: bar.handler
    )
    bar.finish()
    let terminal = global.terminal
    let record = cleaned.dataset.record
    let head =
      cleaned.dataset.isNew
      ? "made \(terminal.bold(record.label))"
      : "unchanged: these rows are \(terminal.bold(record.label)) already"
    terminal.result(
      cleaned.document,
      text: """
        \(head)  \(cleaned.report.text)
        \(terminal.table(["STEP", "CHANGED>", "DROPPED>"], cleaned.report.steps.map { step in
          [step.name, Quantity.grouped(Int64(step.changed)), Quantity.grouped(Int64(step.dropped))]
        }))
        \((pairs(cleaned) + [terminal.dim(record.digest.description)]).joined(separator: "\n"))
        """)
  }

  /// The rows that are nearly the same, as far as they are shown.
  private func pairs(_ cleaned: MakeDataset.Cleaned) -> [String] {
    let found = cleaned.report.nearDuplicates.sorted { $0.key < $1.key }.flatMap(\.value.pairs)
    guard !found.isEmpty else { return [] }
    let shown = found.prefix(20).map { pair in
      ["\(pair.second)", "\(pair.first)", Quantity.percent(pair.similarity)]
    }
    let more = found.count - shown.count
    let note = more > 0 ? "and \(Quantity.grouped(Int64(more))) more; all" : "all"
    return [
      "", global.terminal.table(["LINE>", "IS LIKE>", "BY>"], shown),
      global.terminal.dim(
        "\(note) are in dropped.ndjson: mlops export \(cleaned.dataset.record.label) <folder>"),
    ]
  }
}

/// `mlops split`
struct SplitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split", abstract: "Cut a dataset into named parts without leakage between them.",
    discussion: """
      A row's part follows from the hash of its group, so rows of one group stay together and stay \
      where they are when rows are added. A synthetic row (see 'mlops augment') goes with the row it \
      was made from, whatever its own fields. Each part becomes the dataset <out>-<part>.

      With --stratify the shares are met within each value to one group; for that, adding rows may \
      move a few old groups of the same value to a neighbouring part.
      """)

  @Argument(help: "A dataset, or a file of rows.")
  var data: String

  @OptionGroup var asked: QueryOption

  @Option(help: "The beginning of the datasets' names.")
  var out: String

  @Option(help: "Names and weights.")
  var parts = "train=80,validation=10,test=10"

  @Option(
    name: .customLong("by"),
    help: ArgumentHelp(
      "The group, as a JSON Pointer; repeatable (default: the row itself, or its source).",
      valueName: "pointer"))
  var group: [String] = []

  @Option(help: ArgumentHelp("Keep the shares within each value of this.", valueName: "pointer"))
  var stratify: String?

  @Option(help: "Makes another split of the same rows.")
  var salt = ""

  @Option(help: "The member that marks synthetic rows, where the dataset does not say it.")
  var mark = RowMark.defaultName

  @Option(help: "Why, for the history.")
  var reason = ""

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let parts = try self.parts.split(separator: ",").map { text in
      let pair = try PairArgument.parse(String(text), as: "--parts name=weight,…")
      guard let weight = Double(pair.value), weight > 0 else {
        throw ValidationError("Expected a weight above 0 for '\(pair.key)', found '\(pair.value)'.")
      }
      return ["name": JSONValue.string(pair.key), "weight": .double(weight)] as JSONValue
    }
    let plan = try SplitPlan(
      [
        "parts": .array(parts), "group": .array(group.map { .string($0) }),
        "stratum": stratify.map { .string($0) } ?? .null, "salt": .string(salt),
        "mark": .string(mark),
      ])
    let split = try MakeDataset(registry: global.openWorkspace().registry()).split(
      data, query: asked.query, plan, as: try ArtifactName(out), reason: reason)
    let terminal = global.terminal
    for note in SplitNotes.of(split.report, plan) { terminal.note("note: \(note)") }
    terminal.result(
      split.document,
      text: terminal.table(
        ["PART", "DATASET", "ROWS>", "GROUPS>", "SHARE>", "ASKED>"],
        zip(split.parts, split.report.parts).map { part, report in
          let share = Double(report.rows) / Double(max(split.report.rows, 1))
          return [
            part.name, part.dataset.record.label, Quantity.grouped(Int64(report.rows)),
            Quantity.grouped(Int64(report.groups)), Quantity.percent(share),
            Quantity.percent(report.share),
          ]
        }))
  }
}

/// `mlops contamination`
struct ContaminationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "contamination",
    abstract: "Find the cases of a suite in training data, with the spans that match.",
    discussion: """
      A case is found where a row has its text, nearly its text, or a long run of it: 13 words, or \
      20 characters of Hangul. Exit codes: 0 at or below the threshold, 100 above.
      """)

  @Argument(help: "Training data: a dataset, or a file of rows.")
  var data: String

  @Argument(help: "A suite, its YAML, or a file of rows.")
  var suite: String

  @Option(help: "The field of a case that is compared, where the suite is a file of rows.")
  var field: String?

  @Option(help: "The share of cases that may be found.")
  var threshold = "0%"

  @Option(parsing: .unconditional, help: "Words of a run.")
  var words = 13

  @Option(parsing: .unconditional, help: "Characters of a run of Hangul.")
  var characters = 20

  @Option(parsing: .unconditional, help: "How many hits to show; all are counted.")
  var examples = 20

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let limit = try ShareArgument.parse(threshold)
    let options = try ContaminationOptions(
      [
        "words": .integer(words), "characters": .integer(characters), "hits": .integer(examples),
      ])
    let bar = ProgressBar()
    let report = try LookAtData(registry: global.registryIfThere()).contamination(
      of: data, by: suite, field: field, options: options, progress: bar.handler)
    bar.finish()
    global.terminal.result(report.json, text: report.text)
    if report.rate > limit { throw ExitCode(FailureKind.regression.exitCode) }
  }
}
