public import JSON

/// Drops rows with a text that is too short or too long.
public struct LengthStep: CleaningStep, CleaningRun, Equatable {
  public static let name = "filter_length"

  public enum Unit: String, Sendable, CaseIterable {
    /// Unicode scalars of the composed text, so that composition makes no difference.
    case characters
    /// UTF-8 code units of the text as it is.
    case bytes
  }

  public let fields: FieldSelection
  public let unit: Unit
  /// Both ends included, 0 or more.
  public let range: ClosedRange<Int>

  public init(
    fields: FieldSelection = .all, unit: Unit = .characters, range: ClosedRange<Int>
  ) {
    self.fields = fields
    self.unit = unit
    self.range = range
  }

  init(_ setting: Setting) throws(DatasetsError) {
    let members = try setting.members(keys: ["fields", "unit", "min", "max"])
    let least = try members["min"]?.whole(in: 0...(1 << 40)) ?? 0
    let most = try members["max"]?.whole(in: 0...(1 << 40)) ?? 1 << 40
    guard members["min"] != nil || members["max"] != nil else {
      throw setting.failure(expected: "a mapping with min, max or both")
    }
    guard least <= most else { throw setting.failure(expected: "a min that is at most max") }
    self.init(
      fields: try FieldSelection(members["fields"]),
      unit: try members["unit"]?.word(of: Unit.self) ?? .characters, range: least...most)
  }

  public var settings: [String: JSONValue] {
    [
      "fields": fields.json ?? .null, "unit": .string(unit.rawValue),
      "min": .integer(range.lowerBound), "max": .integer(range.upperBound),
    ]
  }

  public func begin() -> any CleaningRun { self }

  public func apply(_ row: inout JSONValue, at place: RowPlace) -> CleaningEffect {
    var effect = CleaningEffect.unchanged
    fields.change(&row) { pointer, text in
      if effect == .unchanged, let reason = reason(text) {
        effect = .dropped(reason: reason, pointer: pointer)
      }
      return nil
    }
    return effect
  }

  private func reason(_ text: String) -> String? {
    let length =
      unit == .bytes ? text.utf8.count : UnicodeForm.nfc.normalised(text).unicodeScalars.count
    if length < range.lowerBound {
      return "\(length) \(unit.rawValue), fewer than \(range.lowerBound)"
    }
    return length > range.upperBound
      ? "\(length) \(unit.rawValue), more than \(range.upperBound)" : nil
  }
}
