import JSON
public import MLOpsCore
public import ModelRegistry

/// Lineage by names: which of the versions that share a digest went into what.
///
/// A version names what it was made from by digests, and versions of several names have one digest where
/// their content is the same. The runs that made a version recorded the names.
public struct NamedLineage: Sendable {
  private let registry: Registry

  public init(_ registry: Registry) { self.registry = registry }

  /// What a version was made from in a role, under the name that it then had; the first version of the
  /// digest where nothing tells, nil where none is here.
  ///
  /// - Throws: `RegistryError`.
  public func source(of version: VersionRecord, _ ingredient: Ingredient) throws -> VersionRecord? {
    let candidates = try registry.versions(digest: ingredient.digest)
    guard candidates.count > 1 else { return candidates.first }
    return try named(candidates, in: version, ingredient.role) ?? candidates.first
  }

  /// The lineage of a version in which every digest stands for the version that is meant, and which
  /// leaves out what was made from its namesakes alone.
  ///
  /// - Throws: `RegistryError`.
  public func graph(of version: VersionRecord, direction: LineageDirection) throws -> LineageGraph {
    let graph = try registry.lineage(of: version.digest, direction: direction)
    var meant = [version.digest: version]
    var edges: Set<LineageGraph.Edge> = []
    if direction != .descendants {
      try follow(graph, version.digest, &meant, &edges, from: \.to, to: \.from) { edge, made in
        try source(of: made, Ingredient(role: edge.role, digest: edge.from))
      }
    }
    if direction != .ancestors {
      try follow(graph, version.digest, &meant, &edges, from: \.from, to: \.to) { edge, source in
        try registry.versions(digest: edge.to).first {
          try self.source(of: $0, Ingredient(role: edge.role, digest: edge.from))?.name
            == source.name
        }
      }
    }
    let reached = Set([version.digest] + edges.flatMap { [$0.from, $0.to] })
    return LineageGraph(
      root: graph.root,
      nodes: graph.nodes.filter { reached.contains($0.digest) }.map {
        LineageGraph.Node(digest: $0.digest, version: meant[$0.digest] ?? $0.version)
      }, edges: graph.edges.filter(edges.contains))
  }

  /// Walks the edges that lead on from a digest; `next` gives the version at the other end, nil where
  /// the edge is a namesake's.
  private func follow(
    _ graph: LineageGraph, _ root: Digest, _ meant: inout [Digest: VersionRecord],
    _ edges: inout Set<LineageGraph.Edge>, from near: (LineageGraph.Edge) -> Digest,
    to far: (LineageGraph.Edge) -> Digest,
    next: (LineageGraph.Edge, VersionRecord) throws -> VersionRecord?
  ) throws {
    let leading = Dictionary(grouping: graph.edges, by: near)
    let here = Set(graph.nodes.filter { $0.version != nil }.map(\.digest))
    var front = [root]
    var visited: Set<Digest> = [root]
    while let digest = front.popLast() {
      guard let version = meant[digest] else { continue }
      for edge in leading[digest] ?? [] {
        let other = far(edge)
        if let found = try next(edge, version) {
          if meant[other] == nil { meant[other] = found }
        } else if here.contains(other) {
          continue
        }
        edges.insert(edge)
        if visited.insert(other).inserted { front.insert(other, at: 0) }
      }
    }
  }

  /// The candidate that a version was made from, as its name or the runs that made it say; nil where
  /// they say nothing.
  private func named(_ candidates: [VersionRecord], in version: VersionRecord, _ role: String)
    throws
    -> VersionRecord?
  {
    if role == Quarantine.role {
      return candidates.first { "\($0.name)\(Quarantine.suffix)" == version.name.description }
    }
    for run in try registry.runs(making: version.digest, limit: NamedLineage.runLimit) {
      let (name, own) = (run.parameters[RecordedRun.Naming.name]?.string, version.name.description)
      // The parts of a split have names that begin with what was asked for.
      guard let name, own == name || own.hasPrefix(name + "-") else { continue }
      let sources = run.parameters[RecordedRun.Naming.madeFrom]?.array ?? []
      if let found = candidates.first(where: { sources.contains(.string($0.label)) }) {
        return found
      }
    }
    return nil
  }

  /// How many runs that came to the same version are looked at.
  private static let runLimit = 100
}
