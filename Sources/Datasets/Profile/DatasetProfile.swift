public import JSON
public import SystemPackage

/// What a dataset looks like: how many rows, which fields, how labels are distributed.
public struct DatasetProfile: Sendable, Equatable {
  /// One field, by its pointer; members of objects are looked at two levels deep.
  public struct Field: Sendable, Equatable {
    public let pointer: String
    /// Rows that have it.
    public internal(set) var rows = 0
    /// For each JSON type, in how many rows.
    public internal(set) var types: [String: Int] = [:]
    /// For each value how often; nil for what is no label: no string, or more than 50 values.
    public internal(set) var distribution: [String: Int]? = [:]
  }

  public internal(set) var rows = 0
  /// Rows that are no JSON.
  public internal(set) var defective = 0
  /// Sorted by pointer.
  public internal(set) var fields: [Field] = []

  /// Profiles a file in one pass.
  public init(file: FilePath) throws(DatasetsError) {
    var byPointer: [String: Field] = [:]
    var reader = try SourceReader(file)
    while let row = try reader.next() {
      rows += 1
      guard case .success(let value) = row.content else {
        defective += 1
        continue
      }
      DatasetProfile.note(value, at: .root, depth: 0, in: &byPointer)
    }
    fields = byPointer.values.sorted { $0.pointer < $1.pointer }
  }

  private static func note(
    _ value: JSONValue, at pointer: JSONPointer, depth: Int, in fields: inout [String: Field]
  ) {
    if depth > 0 {
      let text = pointer.description
      fields[text, default: Field(pointer: text)].note(value)
    }
    guard depth < 2, let members = value.object else { return }
    for (name, member) in members {
      note(member, at: pointer.appending(name), depth: depth + 1, in: &fields)
    }
  }

  public var json: JSONValue {
    [
      "rows": .integer(rows), "defective": .integer(defective),
      "fields": .array(
        fields.map { field in
          var object: [String: JSONValue] = [
            "pointer": .string(field.pointer), "rows": .integer(field.rows),
            "types": .object(field.types.mapValues { .integer($0) }),
          ]
          if let distribution = field.distribution {
            object["distribution"] = .object(distribution.mapValues { .integer($0) })
          }
          return .object(object)
        }),
    ]
  }
}

extension DatasetProfile.Field {
  fileprivate mutating func note(_ value: JSONValue) {
    rows += 1
    types[value.typeName, default: 0] += 1
    guard let label = value.string else {
      distribution = nil
      return
    }
    distribution?[label, default: 0] += 1
    if distribution?.count ?? 0 > 50 { distribution = nil }
  }
}
