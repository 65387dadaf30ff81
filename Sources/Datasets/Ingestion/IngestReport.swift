public import JSON
import MLOpsCore

/// What became of every row: `rows = accepted + duplicates + quarantined + dropped`.
public struct IngestReport: Sendable, Equatable {
  /// Rows that are not blank.
  public internal(set) var rows = 0
  public internal(set) var accepted = 0
  public internal(set) var duplicates = 0
  public internal(set) var quarantined = 0
  /// Valid rows that a cleaning step took out.
  public internal(set) var dropped = 0
  /// Symbolic links in folders of texts, which are left out and no rows.
  public internal(set) var links = 0
  /// What each cleaning step did; nil where there was none.
  public internal(set) var cleaning: CleaningReport?
  /// What was read, in the order in which it was given.
  public internal(set) var inputs: [IngestInput] = []
  /// For each top-level field, in how many accepted rows it occurs.
  public internal(set) var fields: [String: Int] = [:]
  /// Why rows went to quarantine, the most frequent first.
  public internal(set) var groups: [ViolationGroup] = []

  mutating func note(_ row: JSONValue) {
    for name in (row.object ?? [:]).keys { fields[name, default: 0] += 1 }
  }

  /// What belongs into the manifest of the dataset; depends on nothing but the accepted rows.
  public var metadata: [String: JSONValue] {
    [
      "format": "ndjson", "rows": .integer(accepted),
      "fields": .array(fields.keys.sorted().map { .string($0) }),
    ]
  }

  public var text: String {
    "\(Quantity.count(Int64(rows), of: "row")): \(accepted) accepted, \(duplicates) duplicate, \(quarantined) in quarantine"
      + (cleaning == nil ? "" : ", \(dropped) dropped by cleaning")
      + (links == 0 ? "" : "; \(Quantity.count(Int64(links), of: "symbolic link")) left out")
  }

  public var json: JSONValue {
    var object: [String: JSONValue] = [
      "rows": .integer(rows), "accepted": .integer(accepted), "duplicates": .integer(duplicates),
      "quarantined": .integer(quarantined), "dropped": .integer(dropped),
      "inputs": .array(inputs.map(\.json)), "cleaning": cleaning?.json ?? .null,
      "fields": .object(fields.mapValues { .integer($0) }),
      "reasons": .array(
        groups.map {
          [
            "keyword": .string($0.keyword), "schema_pointer": .string($0.schemaPointer),
            "count": .integer($0.count), "first_line": .integer($0.firstLine),
          ]
        }),
    ]
    if links > 0 { object["links"] = .integer(links) }
    return .object(object)
  }
}
