import ArgumentParser
import Evaluation
import Foundation
import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry
import SystemPackage

/// `mlops ab`
struct ABCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ab",
    abstract: "Compare two releases on live traffic, and stop the worse one early.",
    discussion: """
      Looking early is allowed, as often as you like: the interval and the p-value hold at all looks \
      together. One test runs in an environment at a time.
      """,
    subcommands: [
      ABStartCommand.self, ABStatusCommand.self, ABRecordCommand.self, ABStopCommand.self,
      ABListCommand.self,
    ])
}

/// `mlops ab start`
struct ABStartCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start", abstract: "Begin a test: a share of the subjects gets the candidate.",
    discussion: """
      A subject (a person, a school, a session) keeps its release for as long as the test runs; \
      docs/ab.md has the formula. Outcomes are thumbs of the feedback log (rating) or numbers that \
      'mlops ab record' takes (proxy:NAME).

      Exit codes: 0 begun, 1 no such version or environment, or another test runs there, 64 usage, \
      130 interrupted.
      """)

  @Argument(help: "What the test is called.")
  var name: String

  @Option(help: "The release to compare with (or an adapter or model in place of its kind).")
  var baseline: String

  @Option(help: "The release to judge.")
  var candidate: String

  @Option(help: "The share of subjects that gets the candidate.")
  var weight = "10%"

  @Option(help: "What is measured: rating, or proxy:NAME.")
  var outcome = "rating"

  @Option(
    parsing: .unconditional,
    help: "The least and the largest outcome that can be, such as 0..1; needed with proxy:NAME.")
  var range: String?

  @Option(help: "Which outcomes are better: higher or lower.")
  var direction = "higher"

  @Option(
    parsing: .unconditional,
    help: "The difference that does not matter, in the unit of the outcomes.")
  var margin: Double?

  @Option(help: "The chance that equal releases are ever called different.")
  var alpha = "0.05"

  @Option(
    parsing: .unconditional,
    help: "Subjects before it may be called better or equivalent; harm is told at once.")
  var minSubjects = 0

  @Option(help: "The environment whose traffic it is.")
  var environment = "production"

  @Option(help: "By what another program assigns already: the id of the formula.")
  var id: String?

  @Option(help: "Since when another program assigns: 2026-11-21 or 2026-11-21T10:00:00Z.")
  var since: String?

  @Option(help: "Why, for the history.")
  var reason = ""

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let request = try request()
    let test = try LiveTests(registry: global.openWorkspace().registry()).start(request)
    let terminal = global.terminal
    var document = (test.plan.json.object ?? [:]).merging(test.header) { $1 }
    document["reason"] = .string(reason)
    terminal.result(
      .object(document), text: ABText(terminal: terminal).begun(test))
  }

  private func request() throws -> LiveTests.Request {
    var request = LiveTests.Request(
      name: try ArtifactName(name), baseline: baseline, candidate: candidate,
      environment: try EnvironmentName(environment))
    guard let measured = LivePlan.Outcome(outcome) else {
      throw ValidationError(
        "--outcome is rating, or proxy: and a name of letters, digits, '.', '_' and '-'; not '\(outcome)'."
      )
    }
    guard range != nil || measured == .rating else {
      throw ValidationError("--outcome \(outcome) needs --range, such as --range 0..1.")
    }
    request.weight = try ShareArgument.parse(weight)
    request.outcome = measured
    if let range { (request.least, request.most) = try ABArguments.range(range) }
    request.direction = try WordArgument.parse(
      direction, as: "--direction", of: LivePlan.Direction.self)
    request.margin = margin
    request.alpha = try ShareArgument.parse(alpha)
    request.minSubjects = minSubjects
    request.id = id
    request.since = try since.map { try ABArguments.time($0, "--since") }
    request.reason = reason
    return request
  }
}

/// `mlops ab record`
struct ABRecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Record outcomes of a test, all or none.",
    discussion: """
      A line is {"subject", "value"} and perhaps "at" (a time; now where it is missing), "arm" \
      (candidate or baseline; computed where it is missing) and "id" (an outcome whose id was recorded \
      before is not recorded again). Lines whose arm is not their subject's are left out and counted.

      Exit codes: 0 recorded, 1 no such test or it was stopped, 64 usage, 65 invalid lines (nothing is \
      recorded then), 130 interrupted.
      """)

  @Argument(help: "The test.")
  var name: String

  @Argument(help: "A file of NDJSON, compressed or not; - for standard input.")
  var file: String

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let recorded = try LiveTests(registry: global.openWorkspace().registry())
      .record(FilePath(file), for: name)
    let terminal = global.terminal
    terminal.result(
      recorded.document, text: ABText(terminal: terminal).recorded(recorded, file: file))
  }
}

/// `mlops ab list`
struct ABListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show all tests, the last begun first.")

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let tests = LiveTests(registry: try global.openWorkspace().registry())
    let all = try tests.all().reversed().map { try tests.status($0.plan.name) }
    let terminal = global.terminal
    let keys = [
      "test", "state", "environment", "candidate", "baseline", "outcome", "decision", "run",
      "started_at", "stopped_at", "author", "reason", "evaluation",
    ]
    terminal.result(
      [
        "tests": .array(
          all.map { status in
            let document = status.document
            return .object(
              Dictionary(uniqueKeysWithValues: keys.map { ($0, document[$0] ?? .null) }))
          })
      ], text: ABText(terminal: terminal).list(all.map(\.document)))
  }
}

/// What several of the commands parse.
enum ABArguments {
  /// Parses `0..1`.
  static func range(_ text: String) throws -> (Double, Double) {
    let parts = text.components(separatedBy: "..")
    guard parts.count == 2, let least = Double(parts[0]), let most = Double(parts[1]),
      least.isFinite, most.isFinite
    else {
      throw ValidationError("--range is two numbers such as 0..1 or -10..10, not '\(text)'.")
    }
    return (least, most)
  }

  static func time(_ text: String, _ option: String) throws -> Date {
    guard let date = UTCTime.date(text) else {
      throw ValidationError(
        "\(option) is a time such as 2026-11-21 or 2026-11-21T10:00:00Z, not '\(text)'.")
    }
    return date
  }
}
