import GRDB
public import MLOpsCore

/// Which way lineage is followed.
public enum LineageDirection: String, Sendable, CaseIterable {
  /// What a version was made from.
  case ancestors
  /// What was made from it.
  case descendants
  case both
}

/// Versions and what they were made from.
public struct LineageGraph: Sendable {
  public struct Node: Sendable {
    public let digest: Digest
    /// Nil where no version here has the digest: it is in another registry, or was removed.
    public let version: VersionRecord?

    public init(digest: Digest, version: VersionRecord?) {
      self.digest = digest
      self.version = version
    }
  }

  /// `from` went into `to` in a role.
  public struct Edge: Sendable, Hashable {
    public let from: Digest
    public let to: Digest
    public let role: String
  }

  public let root: Digest
  /// The root first, then by distance.
  public let nodes: [Node]
  public let edges: [Edge]

  /// - Parameter nodes: the root first, then by distance.
  public init(root: Digest, nodes: [Node], edges: [Edge]) {
    self.root = root
    self.nodes = nodes
    self.edges = edges
  }
}

extension Registry {
  /// The versions that a version is an ingredient of in a role, oldest first.
  public func versions(madeFrom digest: Digest, role: String) throws -> [VersionRecord] {
    try read { database in
      try VersionRecord.all(
        database,
        """
        WHERE v.id IN (SELECT version_id FROM ingredients WHERE digest = ? AND role = ?)
        ORDER BY v.id
        """, [digest.hex, role])
    }
  }

  /// What a version was made from, what was made from it, or both, to any depth.
  public func lineage(of digest: Digest, direction: LineageDirection) throws -> LineageGraph {
    try read { database in
      var search = LineageSearch(database: database, root: digest)
      if direction != .descendants { try search.follow(.ancestors) }
      if direction != .ancestors { try search.follow(.descendants) }
      return try search.graph()
    }
  }
}

private struct LineageSearch {
  let database: Database
  let root: Digest
  private var order: [Digest]
  private var known: Set<Digest>
  private var edges: [LineageGraph.Edge] = []

  init(database: Database, root: Digest) {
    self.database = database
    self.root = root
    order = [root]
    known = [root]
  }

  mutating func follow(_ direction: LineageDirection) throws {
    var front = [root]
    var visited: Set<Digest> = [root]
    while let digest = front.popLast() {
      for edge in try neighbours(of: digest, direction) {
        if !edges.contains(edge) { edges.append(edge) }
        let next = direction == .ancestors ? edge.from : edge.to
        if known.insert(next).inserted { order.append(next) }
        if visited.insert(next).inserted { front.insert(next, at: 0) }
      }
    }
  }

  private func neighbours(of digest: Digest, _ direction: LineageDirection) throws
    -> [LineageGraph.Edge]
  {
    // Versions of several names may have one digest, and with it the same ingredients.
    let condition = direction == .ancestors ? "v.digest = ?" : "i.digest = ?"
    let rows = try Row.fetchAll(
      database.cachedStatement(
        sql: """
          SELECT DISTINCT i.digest, v.digest, i.role FROM ingredients i
          JOIN versions v ON v.id = i.version_id WHERE \(condition) ORDER BY i.role, 1, 2
          """), arguments: [digest.hex])
    return rows.compactMap { row in
      guard let from = Digest(hex: row[0]), let to = Digest(hex: row[1]) else { return nil }
      return LineageGraph.Edge(from: from, to: to, role: row[2])
    }
  }

  func graph() throws -> LineageGraph {
    LineageGraph(
      root: root,
      nodes: try order.map { digest in
        LineageGraph.Node(
          digest: digest,
          version: try VersionRecord.one(
            database, "WHERE v.digest = ? ORDER BY v.id LIMIT 1", [digest.hex]))
      }, edges: edges)
  }
}
