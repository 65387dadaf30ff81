import JSON
import MLOpsCore

/// The names of the fields that rows have, to say which there are where one is named that is not.
struct FieldNames {
  private var names: Set<String> = []

  /// Keeps rows with ever new names from filling the memory.
  private static let limit = 1000
  private static let depth = 3

  mutating func note(_ row: JSONValue) { note(row, at: .root) }

  private mutating func note(_ value: JSONValue, at pointer: JSONPointer) {
    guard pointer.tokens.count < FieldNames.depth, let members = value.object else { return }
    for (name, member) in members.sorted(by: { $0.key < $1.key }) {
      let place = pointer.appending(name)
      if names.count < FieldNames.limit { names.insert(place.description) }
      note(member, at: place)
    }
  }

  /// What is wrong with a field that no row has.
  func refusal(of field: FieldUse) -> DatasetsError {
    let known = names.sorted()
    let shown = known.prefix(12).joined(separator: ", ") + (known.count > 12 ? " …" : "")
    return .malformedSetting(
      place: field.place, expected: "a field of the rows: \(shown)",
      found: "'\(field.pointer)', which none has",
      suggestion: Spelling.nearest(to: field.pointer.description, in: known))
  }
}
