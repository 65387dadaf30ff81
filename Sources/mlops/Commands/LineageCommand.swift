import ArgumentParser
import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry

/// `mlops lineage`
struct LineageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lineage",
    abstract: "Show what a version was made from and what was made from it.",
    discussion: """
      Ingested datasets have the files that they came from as leaves, and their quarantines below. \
      Datasets that hold rows of feedback which was forgotten since are named.
      """
  )

  @Argument(help: "A reference or a path.")
  var reference: String

  @Flag(help: "Only what it was made from.")
  var ancestors = false

  @Flag(help: "Only what was made from it.")
  var descendants = false

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let registry = try global.openWorkspace().registry()
    let version = try ReferenceResolver(registry: registry, announce: global.terminal.note)
      .resolve(reference)
    let direction: LineageDirection =
      switch (ancestors, descendants) {
      case (true, false): .ancestors
      case (false, true): .descendants
      default: .both
      }
    let graph = try NamedLineage(registry).graph(of: version, direction: direction)
    let forgotten = try forgottenRows(in: graph, registry)
    let origins = try IngestLeaves(graph, registry)
    let tree = LineageTree(graph, leaves: origins.lines)
    var lines = [global.terminal.bold(version.reference.description)]
    if direction != .descendants { lines += tree.branches(of: version.digest, towards: .ancestors) }
    if direction != .ancestors {
      let made = tree.branches(of: version.digest, towards: .descendants)
      if !made.isEmpty { lines += ["made into"] + made }
    }
    for (label, rows) in forgotten.sorted(by: { $0.key < $1.key }) {
      lines.append(
        global.terminal.red("\(label) holds \(Quantity.count(Int64(rows), of: "row"))")
          + " of feedback that was forgotten since: make it anew")
    }
    var document = graph.document(origins.documents).object ?? [:]
    document["forgotten_rows"] = .object(forgotten.mapValues { .integer($0) })
    global.terminal.result(.object(document), text: lines.joined(separator: "\n"))
  }

  /// Datasets here that hold rows of feedback which was forgotten since, by their references.
  private func forgottenRows(in graph: LineageGraph, _ registry: Registry) throws -> [String: Int] {
    let reach = FeedbackReach(registry: registry)
    var rows: [String: Int] = [:]
    for version in graph.nodes.compactMap(\.version) {
      let count = try reach.forgottenRows(of: version)
      if count > 0 { rows[version.label] = count }
    }
    return rows
  }
}

/// What ingestion recorded of the versions of a graph, which is in no version itself.
private struct IngestLeaves {
  /// By the version's digest.
  private(set) var lines: [Digest: [String]] = [:]
  private(set) var documents: [Digest: JSONValue] = [:]

  init(_ graph: LineageGraph, _ registry: Registry) throws {
    for version in graph.nodes.compactMap(\.version) {
      guard let origin = try IngestOrigin.all(of: version, in: registry).first else { continue }
      documents[version.digest] = origin.document
      // A quarantine leads to its dataset, which says the same.
      guard !version.isQuarantine else { continue }
      var leaves = origin.inputs.map { "file: " + OriginText.line($0) }
      if let schema = OriginText.fileSchema(version) { leaves.append("schema: " + schema) }
      if let cleaning = OriginText.cleaning(version) { leaves.append("cleaning: " + cleaning) }
      lines[version.digest] = leaves
    }
  }
}

/// A lineage graph drawn as an indented tree.
private struct LineageTree {
  private let graph: LineageGraph
  private let leaves: [Digest: [String]]
  private let labels: [Digest: String]

  /// - Parameter leaves: what else versions were made from, by their digests.
  init(_ graph: LineageGraph, leaves: [Digest: [String]]) {
    self.graph = graph
    self.leaves = leaves
    labels = Dictionary(
      graph.nodes.map { node in
        (
          node.digest,
          node.version.map {
            "\($0.reference)  (\($0.isQuarantine ? "quarantine" : $0.kind.rawValue))"
          }
            ?? "sha256:\(node.digest.short)  (not in this registry)"
        )
      }, uniquingKeysWith: { first, _ in first })
  }

  func branches(of digest: Digest, towards direction: LineageDirection) -> [String] {
    branches(of: digest, direction, prefix: "", path: [digest])
  }

  private func branches(
    of digest: Digest, _ direction: LineageDirection, prefix: String, path: Set<Digest>
  ) -> [String] {
    let next = graph.edges.filter {
      (direction == .ancestors ? $0.to : $0.from) == digest
    }.map { (role: $0.role, digest: direction == .ancestors ? $0.from : $0.to) }
      .filter { !path.contains($0.digest) }
      .sorted { ($0.role, $0.digest) < ($1.role, $1.digest) }
    let ends = direction == .ancestors ? leaves[digest] ?? [] : []
    let files = ends.enumerated().map { index, text in
      "\(prefix)\(next.isEmpty && index == ends.count - 1 ? "└─" : "├─") \(text)"
    }
    return files
      + next.enumerated().flatMap { index, edge in
        let isLast = index == next.count - 1
        // The role is the dataset's in its quarantine; seen from the dataset it has another name.
        let isQuarantine = direction == .descendants && edge.role == IngestOrigin.quarantineRole
        let role = isQuarantine ? "quarantine" : edge.role
        let line =
          "\(prefix)\(isLast ? "└─" : "├─") \(role): \(labels[edge.digest] ?? edge.digest.short)"
        return [line]
          + branches(
            of: edge.digest, direction, prefix: prefix + (isLast ? "   " : "│  "),
            path: path.union([edge.digest]))
      }
  }
}

extension LineageGraph {
  /// Keys: `root`, `nodes` of `digest`, `reference`, `kind`, `origin`, and `edges` of `from`, `to`,
  /// `role`; the command adds `forgotten_rows`.
  ///
  /// - Parameter origins: where ingested datasets came from, by their digests.
  fileprivate func document(_ origins: [Digest: JSONValue]) -> JSONValue {
    [
      "root": .string(root.description),
      "nodes": .array(
        nodes.map {
          [
            "digest": .string($0.digest.description),
            "reference": $0.version.map { .string($0.reference.description) } ?? .null,
            "kind": $0.version.map { .string($0.kind.rawValue) } ?? .null,
            "origin": origins[$0.digest] ?? .null,
          ]
        }),
      "edges": .array(
        edges.map {
          [
            "from": .string($0.from.description), "to": .string($0.to.description),
            "role": .string($0.role),
          ]
        }),
    ]
  }
}
