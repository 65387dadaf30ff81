public import JSON

/// How two files of rows differ.
public struct DatasetDiff: Sendable, Equatable {
  /// A row that only one side has, or that differs.
  public struct Example: Sendable, Equatable {
    /// From 1; nil where the side has no such row.
    public let oldLine: Int?
    public let newLine: Int?
    public let old: JSONValue?
    public let new: JSONValue?

    /// The pointers, two levels deep, at which the rows differ.
    public var pointers: [String] {
      guard let old, let new else { return [] }
      return DatasetDiff.differences(old, new, at: .root, depth: 0)
    }

    public var json: JSONValue {
      [
        "old_line": oldLine.map { .integer($0) } ?? .null,
        "new_line": newLine.map { .integer($0) } ?? .null, "old": old ?? .null, "new": new ?? .null,
        "pointers": .array(pointers.map { .string($0) }),
      ]
    }
  }

  /// Rows that only the new file has.
  public internal(set) var added = 0
  /// Rows that only the old file has.
  public internal(set) var removed = 0
  /// Rows with the same key and another content; 0 where rows are compared by content.
  public internal(set) var changed = 0
  /// Rows that both have.
  public internal(set) var equal = 0
  /// Rows whose key a row before them has; they count as added, removed or equal by content.
  public internal(set) var repeatedKeys = 0
  public internal(set) var addedExamples: [Example] = []
  public internal(set) var removedExamples: [Example] = []
  public internal(set) var changedExamples: [Example] = []
  public internal(set) var schema: [SchemaChange] = []
  /// The greatest first.
  public internal(set) var distributions: [DistributionChange] = []
  public internal(set) var old = RowStatistics()
  public internal(set) var new = RowStatistics()

  /// Whether both files have the same rows, in whatever order.
  public var isEmpty: Bool { added == 0 && removed == 0 && changed == 0 }

  public var text: String {
    "\(added) added, \(removed) removed, \(changed) changed, \(equal) equal"
  }

  public var json: JSONValue {
    [
      "added": .integer(added), "removed": .integer(removed), "changed": .integer(changed),
      "equal": .integer(equal), "repeated_keys": .integer(repeatedKeys),
      "old_rows": .integer(old.rows), "new_rows": .integer(new.rows),
      "old_defective": .integer(old.defective), "new_defective": .integer(new.defective),
      "examples": [
        "added": .array(addedExamples.map(\.json)), "removed": .array(removedExamples.map(\.json)),
        "changed": .array(changedExamples.map(\.json)),
      ],
      "schema": .array(schema.map(\.json)), "distributions": .array(distributions.map(\.json)),
    ]
  }

  private static func differences(
    _ old: JSONValue, _ new: JSONValue, at pointer: JSONPointer, depth: Int
  ) -> [String] {
    guard old != new else { return [] }
    guard depth < 2, let left = old.object, let right = new.object else {
      return [pointer.description]
    }
    return Set(left.keys).union(right.keys).sorted().flatMap { name -> [String] in
      let inside = pointer.appending(name)
      guard let before = left[name], let after = right[name] else {
        return left[name] == right[name] ? [] : [inside.description]
      }
      return differences(before, after, at: inside, depth: depth + 1)
    }
  }
}
