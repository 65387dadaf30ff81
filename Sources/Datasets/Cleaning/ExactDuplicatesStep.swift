public import JSON

/// Drops rows that equal an earlier one, in all or in some fields.
public struct ExactDuplicatesStep: CleaningStep, Equatable {
  public static let name = "drop_exact_duplicates"
  /// What is compared; for all, the whole row. Rows that have none of some fields are kept.
  public let fields: FieldSelection

  public init(fields: FieldSelection = .all) { self.fields = fields }

  init(_ setting: Setting) throws(DatasetsError) {
    fields = try FieldSelection(setting.members(keys: ["fields"])["fields"])
  }

  public var settings: [String: JSONValue] { ["fields": fields.json ?? .null] }

  public func begin() -> any CleaningRun { Run(fields: fields) }

  /// Remembers 16 bytes and a line for each different row.
  private struct Run: CleaningRun {
    let fields: FieldSelection
    var lines: [RowFingerprint: Int] = [:]

    mutating func apply(_ row: inout JSONValue, at place: RowPlace) -> CleaningEffect {
      guard let key = key(of: row) else { return .unchanged }
      let fingerprint = RowFingerprint(key.canonicalBytes)
      if let first = lines[fingerprint] {
        return .dropped(
          reason: "the same as line \(first)", pointer: fields.pointers.first ?? .root)
      }
      lines[fingerprint] = place.line
      return .unchanged
    }

    private func key(of row: JSONValue) -> JSONValue? {
      guard !fields.pointers.isEmpty else { return row }
      let values = fields.pointers.map { row[$0] }
      guard values.contains(where: { $0 != nil }) else { return nil }
      // A missing field is not the same as one that is null.
      return .array(values.map { $0.map { .array([$0]) } ?? .null })
    }
  }
}
