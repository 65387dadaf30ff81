import ArgumentParser
import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry
import SystemPackage

/// `mlops verify`
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Hash every stored byte again and check the catalog.",
    discussion: "Exit codes: 0 sound, 1 something is damaged; the report says what needs it.")

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let bar = ProgressBar()
    let report = try global.openWorkspace().registry().verify(progress: bar.handler)
    bar.finish()
    let terminal = global.terminal
    let head =
      "\(Quantity.count(Int64(report.blobCount), of: "blob")) (\(Quantity.bytes(report.byteCount))), "
      + Quantity.count(Int64(report.versionCount), of: "version")
    var lines = [
      report.isSound
        ? "\(terminal.green("sound")): \(head)"
        : "\(terminal.red("damaged")): \(Quantity.count(Int64(report.problems.count), of: "problem")) in \(head)"
    ]
    lines += report.problems.map { "  \($0.description)" }
    if !report.strayBlobs.isEmpty {
      lines.append(
        "  \(Quantity.count(Int64(report.strayBlobs.count), of: "blob")) that no version needs"
          + " ('mlops gc' removes them)")
    }
    if report.problems.contains(where: \.isRepairable) {
      lines.append("  try: mlops repair [files or folders with the lost bytes]")
    }
    terminal.result(
      [
        "sound": .bool(report.isSound), "blobs": .integer(report.blobCount),
        "bytes": .integer(report.byteCount), "versions": .integer(report.versionCount),
        "stray_blobs": .array(report.strayBlobs.map { .string($0.description) }),
        "problems": .array(report.problems.map(\.document)),
      ],
      text: lines.joined(separator: "\n"))
    if !report.isSound { throw ExitCode(FailureKind.corrupted.exitCode) }
  }
}

/// `mlops repair`
struct RepairCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repair", abstract: "Put lost or damaged bytes back from where they still are.",
    discussion: """
      Every file named, and every file in a folder named, is looked at; bytes are known by their \
      digest, never by their name. Exit codes: 0 nothing is lost, 1 something stays lost.
      """)

  @Argument(help: "Files or folders: the original files, a copy of the store, another store.")
  var candidates: [String] = []

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let bar = ProgressBar()
    let report = try global.openWorkspace().registry().repair(
      from: candidates.map { FilePath($0) }, progress: bar.handler)
    bar.finish()
    let terminal = global.terminal
    var lines = [
      "restored \(report.restored.count), set aside \(report.setAside.count), lost \(report.lost.count)"
    ]
    lines += report.restored.map { "  restored \($0)" }
    if report.historyRewritten { lines.append("  history.git was written anew from the events") }
    lines += report.lost.map { "  lost: \($0.description)" }
    terminal.result(
      [
        "restored": .array(report.restored.map { .string($0.description) }),
        "set_aside": .array(report.setAside.map { .string($0.description) }),
        "lost": .array(report.lost.map(\.document)),
        "history_rewritten": .bool(report.historyRewritten),
        "swept": .array(report.swept.map { .string($0) }),
      ],
      text: lines.joined(separator: "\n"))
    if !report.lost.isEmpty { throw ExitCode(FailureKind.corrupted.exitCode) }
  }
}

/// `mlops gc`
struct GCCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc", abstract: "Remove what nothing needs, and say why each thing stays or goes.",
    discussion: """
      Without --older-than only bytes go that no version needs, and checkpoints of trainings that \
      ended well. With it, versions go too that no alias, generation, live run, training that can be \
      resumed or kept version reaches and that are not the newest of their name; and checkpoints of \
      trainings that were stopped or died before that.
      """)

  @Flag(help: "Explain, and remove nothing.")
  var dryRun = false

  @Option(
    help: ArgumentHelp(
      "Also remove unreachable versions, and checkpoints, older than this.", valueName: "30d|12h"))
  var olderThan: String?

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let bar = ProgressBar()
    let report = try global.openWorkspace().registry().gc(
      dryRun: dryRun,
      olderThan: try olderThan.map { try DurationArgument.parse($0, "30d, 12h or 45m") },
      progress: bar.handler)
    bar.finish()
    let terminal = global.terminal
    let shown = dryRun ? report.decisions : report.removed
    var text =
      shown.isEmpty
      ? ""
      : terminal.table(
        ["", "WHAT", "SIZE>", "WHY"],
        shown.map { decision in
          [
            decision.keep ? "keep" : "remove", decision.subject.text,
            decision.size > 0 ? Quantity.bytes(decision.size) : "",
            decision.reasons.joined(separator: ", "),
          ]
        })
    let verb = dryRun ? "would free" : "freed"
    text +=
      "\(shown.isEmpty ? "" : "\n")\(verb) \(Quantity.bytes(report.freedBytes)) in "
      + Quantity.count(Int64(report.removed.count), of: "thing")
    terminal.result(
      [
        "dry_run": .bool(report.dryRun), "freed_bytes": .integer(report.freedBytes),
        "decisions": .array(
          report.decisions.map {
            [
              "keep": .bool($0.keep), "subject": .string($0.subject.text),
              "size": .integer($0.size), "reasons": .array($0.reasons.map { .string($0) }),
            ]
          }),
      ],
      text: text)
  }
}

extension GCDecision.Subject {
  /// `labeler@v7`, `blob 1f2e3d4c5b6a`, `compressed blob 1f2e3d4c5b6a`, `tmp/…`.
  fileprivate var text: String {
    switch self {
    case .version(let name, let version, _): "\(name)@\(version)"
    case .blob(let digest): "blob \(digest.short)"
    case .compressedTwin(let digest): "compressed blob \(digest.short)"
    case .staging(let name): "tmp/\(name)"
    case .checkpoints(let run): "checkpoints of \(run)"
    }
  }
}

extension VerifyProblem {
  /// Keys: `problem`, `versions`, `aliases`, `generations`.
  fileprivate var document: JSONValue {
    [
      "problem": .string(description),
      "versions": .array(versions.map { .string($0.description) }),
      "aliases": .array(aliases.map { .string($0.description) }),
      "generations": .array(generations.map { .string($0) }),
    ]
  }
}
