import ArgumentParser
import Datasets
import Foundation
import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry
import SystemPackage

/// `mlops feedback`
struct FeedbackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "feedback",
    abstract: "Collect what people thought of answers, and make training data of it.",
    discussion: """
      Feedback is kept beside the registry: added, never changed, and emptied when a person asks to be \
      forgotten. What identifies a person is replaced by placeholders before it is stored (unless \
      mlops.yaml says feedback: {scrub: false}).
      """,
    subcommands: [
      FeedbackAddCommand.self, FeedbackImportCommand.self, FeedbackListCommand.self,
      FeedbackExportCommand.self, FeedbackStatsCommand.self, FeedbackBuildCommand.self,
      FeedbackForgetCommand.self, FeedbackSchemaCommand.self,
    ])
}

/// `mlops feedback schema`
struct FeedbackSchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of a record of feedback.")

  func run() { Terminal(json: false).say(FeedbackSchema.text) }
}

/// `mlops feedback add`
struct FeedbackAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add one judgement: a thumb, the right answer, a comment.",
    discussion: """
      Texts that begin with { or [ are read as JSON: --input '{"problem": "1+1"}'. A whole record can \
      be given as --record '{…}' or --record - from the standard input.
      """)

  @Option(help: "What was asked: text, turns, or a prompt's fields.")
  var input: String?

  @Option(help: "What was answered.")
  var output: String?

  @Flag(name: .customLong("up"), help: "The answer was good.")
  var isUp = false

  @Flag(name: .customLong("down"), help: "The answer was bad.")
  var isDown = false

  @Option(help: "The right answer.")
  var corrected: String?

  @Option(help: "The better of two answers.")
  var chosen: String?

  @Option(help: "The worse of two answers.")
  var rejected: String?

  @Option(help: "A remark.")
  var comment: String?

  @Option(name: .customLong("tag"), help: "A tag; repeatable.")
  var tags: [String] = []

  @Option(help: "Who judged.")
  var rater: String?

  @Option(help: "Whose data it is; kept as a pseudonym.")
  var subject: String?

  @Option(help: "The receipt of the request that was answered.")
  var receipt: String?

  @Option(help: "The release that answered.")
  var release: String?

  @Flag(inversion: .prefixedNo, help: "Whether training on it is allowed.")
  var consent: Bool?

  @Option(help: "A whole record as JSON; - reads the standard input.")
  var record: String?

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard !(isUp && isDown) else { throw ValidationError("Give --up or --down, not both.") }
    let options: [(String, String?)] =
      [
        ("input", input), ("output", output), ("corrected", corrected), ("chosen", chosen),
        ("rejected", rejected), ("comment", comment), ("rater", rater), ("subject", subject),
        ("receipt", receipt), ("release", release), ("record", record),
      ] + tags.map { ("tag", $0) }
    // An unset variable of a script is no answer that was empty.
    for case (let name, let text?) in options where text.allSatisfy(\.isWhitespace) {
      throw ValidationError("--\(name) is empty: give a text, or leave --\(name) out.")
    }
  }

  func run() throws {
    let workspace = try global.openWorkspace()
    let registry = try workspace.registry()
    let added = try FeedbackDesk(workspace: workspace, registry: registry).add(json(registry))
    let terminal = global.terminal
    let replaced = added.scrubbed.values.reduce(0, +)
    let note =
      replaced > 0
      ? "\n" + Quantity.count(Int64(replaced), of: "personal detail") + " replaced" : ""
    terminal.result(
      added.document,
      text: (added.isNew ? "added " : "there already: ") + terminal.bold(added.digest.short) + note)
  }

  private func json(_ registry: Registry) throws -> JSONValue {
    var members = try record.map(FeedbackAddCommand.parseRecord) ?? [:]
    for (name, text) in [
      ("input", input), ("output", output), ("corrected", corrected), ("chosen", chosen),
      ("rejected", rejected),
    ] {
      if let text { members[name] = try FeedbackAddCommand.value(text, "--\(name)") }
    }
    if isUp || isDown { members["rating"] = isUp ? "up" : "down" }
    for (name, text) in [
      ("comment", comment), ("rater", rater), ("subject", subject), ("receipt", receipt),
    ] {
      if let text { members[name] = .string(text) }
    }
    if !tags.isEmpty { members["tags"] = .array(tags.map { .string($0) }) }
    if let consent { members["consent"] = .bool(consent) }
    if let release {
      members["release"] = .string(
        try FeedbackArguments.release(release, registry).description)
    }
    return .object(members)
  }

  private static func parseRecord(_ text: String) throws -> [String: JSONValue] {
    let bytes =
      text == "-" ? Array(FileHandle.standardInput.readDataToEndOfFile()) : Array(text.utf8)
    do {
      guard let object = try JSONValue(parsing: bytes).object else {
        throw ValidationError("--record must be a JSON object.")
      }
      return object
    } catch let error as JSONSyntaxError {
      throw ValidationError(
        "--record must be JSON: \(error.line):\(error.column): \(error.reason).")
    }
  }

  /// Text as it is, unless it looks like an object or a list.
  private static func value(_ text: String, _ option: String) throws -> JSONValue {
    guard text.hasPrefix("{") || text.hasPrefix("[") else { return .string(text) }
    // A label such as [2수01-01] is a text, too.
    guard let value = try? JSONValue(parsing: Array(text.utf8)) else {
      if text.hasPrefix("[") { return .string(text) }
      throw ValidationError("\(option) begins with { but is no JSON.")
    }
    return value
  }
}

/// `mlops feedback import`
struct FeedbackImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Add the records of files, all or none.",
    discussion: """
      Told row by row: records as 'mlops feedback schema' describes them, TRL's preference and KTO rows, \
      and Open WebUI's export. Rows of another form need --map, such as \
      --map input/problem=/problem --map output=/predicted --map corrected=/corrected --map rating=/rating. \
      Importing a file again adds nothing. Exit codes: 0 added, 65 too many invalid rows (nothing is \
      added then).
      """)

  @Argument(
    help: "Files of rows: NDJSON, JSON arrays, CSV; gzip and Zstandard; - for standard input.")
  var files: [String]

  @Option(
    name: .customLong("map"),
    help: ArgumentHelp(
      "Where a member is found in a row; repeatable.", valueName: "member=/pointer"))
  var map: [String] = []

  @Flag(inversion: .prefixedNo, help: "What holds for rows that say nothing about consent.")
  var consent: Bool?

  @Option(help: "The release that answered, for rows that name none.")
  var release: String?

  @Option(help: "The share of invalid rows above which nothing is added.")
  var maxInvalid = "100%"

  @Option(parsing: .unconditional, help: "How many errors to show; all invalid rows are counted.")
  var maxErrors = 20

  @OptionGroup var global: GlobalOptions

  func run() throws {
    guard maxErrors >= 0 else { throw ValidationError("--max-errors is 0 or more.") }
    let workspace = try global.openWorkspace()
    let registry = try workspace.registry()
    let pairs = try map.map { try PairArgument.parse($0, as: "--map member=/pointer") }
    let form: FeedbackForm? =
      pairs.isEmpty
      ? nil : .mapped(try FeedbackMapping(pairs.map { (target: $0.key, source: $0.value) }))
    let bar = ProgressBar()
    let report = try FeedbackDesk(workspace: workspace, registry: registry).add(
      files: files.map { FilePath($0) },
      FeedbackDesk.ImportOptions(
        form: form, consent: consent,
        release: try release.map { try FeedbackArguments.release($0, registry) },
        maxInvalid: try ShareArgument.parse(maxInvalid), maxErrors: maxErrors),
      progress: bar.handler)
    bar.finish()
    global.terminal.result(report.document, text: report.text)
  }
}

/// Which records a command is about.
struct FeedbackFilterOptions: ParsableArguments {
  @Option(help: "Only thumbs: up or down.")
  var rating: String?

  @Option(help: "Only of this release, or of what an environment points at.")
  var release: String?

  @Option(help: "Only of this rater.")
  var rater: String?

  @Option(help: "Only judged at this time or later: 2026-11-21 or 2026-11-21T10:00:00Z.")
  var since: String?

  @Option(help: "Only judged before this time.")
  var until: String?

  func filter(_ registry: Registry) throws -> FeedbackFilter {
    func time(_ text: String?, _ option: String) throws -> Date? {
      try text.map { text in
        guard let date = UTCTime.date(text) else {
          throw ValidationError(
            "\(option) is a time such as 2026-11-21 or 2026-11-21T10:00:00Z, not '\(text)'.")
        }
        return date
      }
    }
    return FeedbackFilter(
      rating: try rating.map { text in
        guard let rating = FeedbackRecord.Rating(rawValue: text) else {
          throw ValidationError("--rating is up or down, not '\(text)'.")
        }
        return rating
      }, release: try release.map { try FeedbackArguments.release($0, registry) }, rater: rater,
      since: try time(since, "--since"), until: try time(until, "--until"))
  }
}

/// What several of the commands parse.
enum FeedbackArguments {
  static func release(_ text: String, _ registry: Registry) throws -> Digest {
    if let digest = try? Digest(text) { return digest }
    return try ReferenceResolver(registry: registry).resolve(text, kinds: [.release]).digest
  }
}
