import ArgumentParser
import Datasets
import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry

/// `mlops diff`
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Show what differs between two versions.",
    discussion: """
      With --rows, two datasets (or files) are compared row by row: which were added, removed and \
      changed, which fields came and went, and how far distributions moved (PSI below 0.1 is \
      stable, above 0.25 a change).
      """)

  @Argument(help: "A reference or a path.")
  var left: String

  @Argument(help: "A reference or a path.")
  var right: String

  @Flag(help: "Compare the rows of two datasets.")
  var rows = false

  @Option(
    name: .customLong("key"),
    help: ArgumentHelp(
      "Where a row has its name, as a JSON Pointer; repeatable (default: the whole row).",
      valueName: "pointer"))
  var key: [String] = []

  @OptionGroup var global: GlobalOptions

  func run() throws {
    if rows { return try compareRows() }
    let resolver = ReferenceResolver(
      registry: try global.openWorkspace().registry(), announce: global.terminal.note)
    let diff = VersionDiff(try resolver.resolve(left), try resolver.resolve(right))
    let terminal = global.terminal
    terminal.result(
      diff.document,
      text: diff.changes.isEmpty
        ? "\(diff.left.label) and \(diff.right.label) have the same content"
        : terminal.table(
          ["SUBJECT", "NAME", diff.left.label, diff.right.label],
          diff.changes.map {
            [$0.subject.rawValue, $0.name, $0.before ?? "–", $0.after ?? "–"]
          }))
  }

  private func compareRows() throws {
    let pointers = try key.map { text in
      guard let pointer = JSONPointer(text) else {
        throw ValidationError("'\(text)' is no JSON Pointer; expected one such as /id.")
      }
      return pointer
    }
    let diff = try LookAtData(registry: global.registryIfThere()).diff(left, right, key: pointers)
    let terminal = global.terminal
    var sections = [diff.text]
    if !diff.schema.isEmpty {
      sections.append(
        terminal.table(
          ["FIELD", "CHANGE", "BEFORE", "AFTER"],
          diff.schema.map { change in
            [change.pointer, change.kind.rawValue, types(change.old), types(change.new)]
          }))
    }
    if !diff.distributions.isEmpty {
      sections.append(
        terminal.table(
          ["FIELD", "OF", "PSI>", "VERDICT"],
          diff.distributions.map { change in
            [
              change.pointer, change.kind.rawValue,
              Quantity.fixed(change.stability.index, decimals: 3),
              change.stability.verdict.rawValue,
            ]
          }))
    }
    terminal.result(diff.json, text: sections.joined(separator: "\n"))
  }

  private func types(_ counts: [String: Int]) -> String {
    counts.isEmpty ? "–" : counts.keys.sorted().joined(separator: ", ")
  }
}
