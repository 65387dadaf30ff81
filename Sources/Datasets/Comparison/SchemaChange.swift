public import JSON

/// How a field differs between two datasets.
public struct SchemaChange: Sendable, Equatable {
  public enum Kind: String, Sendable { case added, removed, types }

  public let pointer: String
  public let kind: Kind
  /// For each JSON type, in how many rows; empty for an added field.
  public let old: [String: Int]
  /// Empty for a removed field.
  public let new: [String: Int]

  public var json: JSONValue {
    [
      "pointer": .string(pointer), "kind": .string(kind.rawValue),
      "old": .object(old.mapValues { .integer($0) }),
      "new": .object(new.mapValues { .integer($0) }),
    ]
  }

  /// The fields that only one side has, and those whose sets of types differ; by pointer.
  static func changes(from old: RowStatistics, to new: RowStatistics) -> [SchemaChange] {
    let pointers = Set(old.fields.map(\.pointer)).union(new.fields.map(\.pointer)).sorted()
    return pointers.compactMap { pointer in
      let (before, after) = (old.field(pointer), new.field(pointer))
      let kind: Kind? =
        before == nil
        ? .added
        : after == nil ? .removed : before?.types.keys != after?.types.keys ? .types : nil
      return kind.map {
        SchemaChange(
          pointer: pointer, kind: $0, old: before?.types ?? [:], new: after?.types ?? [:])
      }
    }
  }
}

/// How the values of a field have moved.
public struct DistributionChange: Sendable, Equatable {
  public enum Kind: String, Sendable { case labels, lengths, numbers }

  public let pointer: String
  public let kind: Kind
  public let stability: PopulationStability

  public var json: JSONValue {
    var object = stability.json.object ?? [:]
    object["pointer"] = .string(pointer)
    object["kind"] = .string(kind.rawValue)
    return .object(object)
  }

  /// For each field of both sides its labels, else the lengths of its texts, and its numbers; the
  /// greatest change first.
  static func changes(from old: RowStatistics, to new: RowStatistics) -> [DistributionChange] {
    var changes: [DistributionChange] = []
    for before in old.fields {
      guard let after = new.field(before.pointer) else { continue }
      func add(_ kind: Kind, _ stability: PopulationStability) {
        changes.append(
          DistributionChange(pointer: before.pointer, kind: kind, stability: stability))
      }
      if let left = before.labels, let right = after.labels, !left.isEmpty, !right.isEmpty {
        add(.labels, .ofLabels(left, right))
      } else if before.lengths.count > 0, after.lengths.count > 0 {
        add(.lengths, .ofNumbers(before.lengths, after.lengths))
      }
      if before.numbers.count > 0, after.numbers.count > 0 {
        add(.numbers, .ofNumbers(before.numbers, after.numbers))
      }
    }
    return changes.sorted {
      ($1.stability.index, $0.pointer) < ($0.stability.index, $1.pointer)
    }
  }
}
