public import JSON

/// Which rows are nearly the same as others.
public struct NearDuplicateReport: Sendable, Equatable {
  /// Two rows whose similarity was computed and reached the threshold.
  public struct Pair: Sendable, Equatable {
    /// Lines, from 1; the earlier one first.
    public let first: Int
    public let second: Int
    /// The exact Jaccard similarity of their shingles, from the threshold to 1.
    public let similarity: Double

    public var json: JSONValue {
      [
        "first": .integer(first), "second": .integer(second),
        "similarity": .double((similarity * 10000).rounded() / 10000),
      ]
    }
  }

  /// Rows looked at.
  public let rows: Int
  /// Rows without a word or character to compare; they are never duplicates.
  public let empty: Int
  /// The pairs that joined two clusters, in the order of their second rows: one fewer than its rows
  /// for each cluster. Further pairs inside a cluster are not looked for.
  public let pairs: [Pair]
  /// The lines of each cluster of two or more rows, the first, which is kept, before the others.
  public let clusters: [[Int]]
  /// Similarities that were computed.
  public let comparisons: Int
  /// Candidates that were not compared since one band had too many like them.
  public let skipped: Int

  /// For each row that an earlier one stands for, by its place in the order of adding, what it was
  /// found to be like.
  let links: [Int: NearDuplicateLink]

  /// Rows that an earlier one stands for.
  public var duplicates: Int { clusters.reduce(0) { $0 + $1.count - 1 } }

  /// - Parameter examples: How many pairs and clusters are shown.
  public func json(examples: Int = 20) -> JSONValue {
    [
      "rows": .integer(rows), "empty": .integer(empty), "duplicates": .integer(duplicates),
      "clusters": .integer(clusters.count), "comparisons": .integer(comparisons),
      "skipped": .integer(skipped), "pairs": .array(pairs.prefix(examples).map(\.json)),
      "largest": .array(
        clusters.sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }.prefix(examples).map {
          .array($0.prefix(examples).map { .integer($0) })
        }),
    ]
  }
}

/// The row that another one is nearly the same as.
struct NearDuplicateLink: Sendable, Equatable {
  /// From 1.
  let line: Int
  /// Exact, from the threshold to 1.
  let similarity: Double
}
