import ArgumentParser
import Datasets
import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry

/// `mlops show`
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one version: content, metadata, lineage, who and why.")

  @Argument(help: "A reference or a path.")
  var reference: String

  @Flag(help: "For a dataset also counts, lengths, numbers and labels of its fields.")
  var profile = false

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let registry = try global.openWorkspace().registry()
    let version = try ReferenceResolver(registry: registry, announce: global.terminal.note)
      .resolve(reference)
    var text = try ShowText(version, registry, global.terminal).lines()
    var document = version.document.object ?? [:]
    document["origins"] = .array(
      try IngestOrigin.all(of: version, in: registry).map(\.document))
    document["quarantines"] = .array(
      try IngestOrigin.quarantines(of: version, in: registry).map { .string($0.label) })
    document["stored_size"] = registry.storedSize(of: version).map { .integer($0) } ?? .null
    if version.kind == .dataset, profile {
      let statistics = try LookAtData(registry: registry).statistics(
        of: version.reference.description)
      document["profile"] = statistics.json()
      text += "\n" + ProfileText(statistics, global.terminal).text
    }
    global.terminal.result(.object(document), text: text)
  }
}

/// A version as a page of text.
private struct ShowText {
  private let version: VersionRecord
  private let registry: Registry
  private let terminal: Terminal

  init(_ version: VersionRecord, _ registry: Registry, _ terminal: Terminal) {
    self.version = version
    self.registry = registry
    self.terminal = terminal
  }

  func lines() throws -> String {
    var facts = [
      ["kind", version.kind.rawValue], ["digest", version.digest.description],
      ["size", size],
      ["added", "\(VersionText.time(version.createdAt)) UTC by \(version.author.text)"],
    ]
    if !version.reason.isEmpty { facts.append(["reason", version.reason]) }
    if !version.aliases.isEmpty {
      facts.append(["aliases", version.aliases.map(\.description).joined(separator: " ")])
    }
    if let code = version.code { facts.append(["code", CodeText.line(code)]) }
    var sections = [terminal.bold(version.label), terminal.pairs(facts)]
    try appendOrigin(to: &sections)
    try appendParts(to: &sections)
    if !version.manifest.metadata.isEmpty {
      sections.append(terminal.bold("metadata"))
      sections.append(terminal.pairs(leaves(.object(version.manifest.metadata), "")))
    }
    return sections.joined(separator: "\n")
  }

  /// `12.3 MB`, and what it takes on the disk where that is something else.
  private var size: String {
    let size = Quantity.bytes(version.manifest.size)
    guard let stored = registry.storedSize(of: version), stored < version.manifest.size else {
      return size
    }
    return "\(size), \(Quantity.bytes(stored)) stored"
  }

  /// Where the rows of an ingested dataset came from, and where those went that were not taken.
  private func appendOrigin(to sections: inout [String]) throws {
    if version.isQuarantine {
      sections.append("a quarantine: rows that were refused, and no data to learn from")
    }
    let quarantines = try IngestOrigin.quarantines(of: version, in: registry)
    let origins = try IngestOrigin.all(of: version, in: registry)
    guard let latest = origins.first else { return }
    let others = origins.count - 1
    sections.append(
      terminal.bold("ingested")
        + terminal.dim(
          " by \(latest.run)"
            + (others == 0
              ? "" : ", and by \(Quantity.count(Int64(others), of: "earlier run"))")))
    sections.append(
      terminal.table(
        ["FILE", "ROWS>", "SIZE>", "DIGEST"],
        latest.inputs.map { input in
          [
            TerminalText.escaped(input.name), input.rows.map { Quantity.grouped(Int64($0)) } ?? "–",
            input.size.map { Quantity.bytes($0) } ?? "–", input.digest ?? "–",
          ]
        }))
    var facts: [[String]] = latest.inputs.compactMap { $0.query.map { ["query", shortened($0)] } }
    if let schema = OriginText.fileSchema(version) { facts.append(["schema", schema]) }
    if let cleaning = OriginText.cleaning(version) { facts.append(["cleaning", cleaning]) }
    facts += quarantines.map { ["quarantine", OriginText.quarantine($0)] }
    if !facts.isEmpty { sections.append(terminal.pairs(facts)) }
  }

  private func appendParts(to sections: inout [String]) throws {
    if !version.manifest.ingredients.isEmpty {
      sections.append(terminal.bold("made from"))
      sections.append(
        terminal.pairs(
          try version.manifest.ingredients.map {
            [
              $0.role,
              try NamedLineage(registry).source(of: version, $0)?.label
                ?? "\($0.digest) (not here)",
            ]
          }))
    }
    if !version.manifest.files.isEmpty {
      sections.append(terminal.bold("files"))
      sections.append(
        terminal.table(
          ["PATH", "SIZE>", "DIGEST", "TYPE"],
          version.manifest.files.map {
            [$0.path.description, Quantity.bytes($0.size), $0.digest.short, $0.mediaType]
          }))
    }
  }

  private func leaves(_ value: JSONValue, _ prefix: String) -> [[String]] {
    guard case .object(let members) = value else {
      return [[prefix, shortened(value.string ?? value.canonical)]]
    }
    return members.sorted { $0.key < $1.key }.flatMap {
      leaves($0.value, prefix.isEmpty ? $0.key : "\(prefix).\($0.key)")
    }
  }

  /// One line of at most 100 characters.
  private func shortened(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ⏎ ")
    return line.count > 100 ? line.prefix(99) + "…" : line
  }
}
