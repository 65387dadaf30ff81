public import JSON

/// How many rows and groups went where.
public struct SplitReport: Sendable, Equatable {
  public struct Part: Sendable, Equatable {
    public let name: String
    /// The share that was asked for, 0 to 1.
    public let share: Double
    public internal(set) var rows = 0
    public internal(set) var groups = 0
    /// Rows by the value of the stratum's field; empty where none was asked for.
    public internal(set) var strata: [String: Int] = [:]
  }

  /// Rows that are not blank.
  public internal(set) var rows = 0
  /// Rows that are no JSON, and are in no part.
  public internal(set) var skipped = 0
  /// Synthetic rows whose sources are not among the rows: where those are split, they may be in
  /// another part.
  public internal(set) var orphans = 0
  /// For each field of the group that some rows lack, how many: synthetic rows aside that go with
  /// their sources.
  public internal(set) var withoutGroup: [JSONPointer: Int] = [:]
  /// Rows without the stratum's field, which are a stratum of their own; synthetic rows aside that
  /// go with their sources.
  public internal(set) var withoutStratum = 0
  public internal(set) var parts: [Part] = []

  public var json: JSONValue {
    var object: [String: JSONValue] = [
      "rows": .integer(rows), "skipped": .integer(skipped),
      "parts": .array(
        parts.map { part in
          [
            "name": .string(part.name), "share": .double(part.share), "rows": .integer(part.rows),
            "groups": .integer(part.groups),
            "strata": .object(part.strata.mapValues { .integer($0) }),
          ]
        }),
    ]
    if orphans > 0 { object["orphans"] = .integer(orphans) }
    if !withoutGroup.isEmpty {
      object["without_group"] = .object(
        Dictionary(withoutGroup.map { ($0.description, .integer($1)) }) { $1 })
    }
    if withoutStratum > 0 { object["without_stratum"] = .integer(withoutStratum) }
    return .object(object)
  }
}
