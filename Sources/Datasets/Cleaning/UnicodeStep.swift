public import JSON

/// Brings texts into a normalisation form.
public struct UnicodeStep: CleaningStep, CleaningRun, Equatable {
  public static let name = "unicode"
  public let form: UnicodeForm
  public let fields: FieldSelection

  public init(_ form: UnicodeForm, fields: FieldSelection = .all) {
    self.form = form
    self.fields = fields
  }

  init(_ setting: Setting) throws(DatasetsError) {
    if setting.value.string != nil {
      self.init(try setting.word(of: UnicodeForm.self))
    } else {
      let members = try setting.members(keys: ["form", "fields"])
      self.init(
        try members["form"]?.word(of: UnicodeForm.self) ?? .nfc,
        fields: try FieldSelection(members["fields"]))
    }
  }

  public var settings: [String: JSONValue] {
    ["form": .string(form.rawValue), "fields": fields.json ?? .null]
  }

  public func begin() -> any CleaningRun { self }

  public func apply(_ row: inout JSONValue, at place: RowPlace) -> CleaningEffect {
    var count = 0
    fields.change(&row) { _, text in
      let normalised = form.normalised(text)
      guard !normalised.utf8.elementsEqual(text.utf8) else { return nil }
      count += 1
      return normalised
    }
    return count > 0 ? .changed(["texts": count]) : .unchanged
  }
}
