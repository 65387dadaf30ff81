import JSON

/// Fields that are set or dropped in every row that a step makes, after it was made: first what
/// `set` says, by pointer, then what `drop` says.
struct FieldAssignments: Sendable {
  private enum Value: Sendable {
    case constant(JSONValue)
    case template(SlotTemplate)
  }

  private let values: [(pointer: JSONPointer, value: Value)]
  private let dropped: [JSONPointer]

  static let keys = ["set", "drop"]

  init(_ members: [String: Setting]) throws(DatasetsError) {
    var values: [(JSONPointer, Value)] = []
    for (pointer, value) in try members["set"]?.pointerMembers() ?? [] {
      let isText = value.value.string != nil
      values.append(
        (pointer, isText ? .template(try SlotTemplate(value)) : .constant(value.value)))
    }
    self.values = values
    dropped = try members["drop"]?.pointers() ?? []
  }

  /// Slots are filled from the row that was made, where every field of the source is not surely
  /// there; so nothing is demanded of the source.
  var reads: [FieldUse] { [] }

  /// The fields whose new values may be alike for two rows.
  var writes: [JSONPointer] {
    values.compactMap { pointer, value in
      if case .template(let template) = value, template.isRunning { nil } else { pointer }
    }
  }

  var json: [String: JSONValue] {
    var object: [String: JSONValue] = [:]
    if !values.isEmpty {
      object["set"] = .object(
        Dictionary(
          values.map { pointer, value in
            switch value {
            case .constant(let constant): (pointer.description, constant)
            case .template(let template): (pointer.description, .string(template.source))
            }
          }
        ) { $1 })
    }
    if !dropped.isEmpty { object["drop"] = .array(dropped.map { .string($0.description) }) }
    return object
  }

  /// The row with its fields set and dropped.
  func apply(to row: JSONValue, _ running: (RunningValue) -> String) throws(Rejection) -> JSONValue
  {
    var result = row
    for (pointer, value) in values {
      let new: JSONValue
      switch value {
      case .constant(let constant): new = constant
      case .template(let template): new = try FieldAssignments.value(template, of: row, running)
      }
      guard result.set(new, at: pointer.tokens[...]) else {
        throw Rejection(reason: "cannot be set", pointer: pointer, row: row)
      }
    }
    for pointer in dropped { _ = result.remove(at: pointer.tokens[...]) }
    return result
  }

  /// A template that is one field alone gives that field's value, whatever its type.
  private static func value(
    _ template: SlotTemplate, of row: JSONValue, _ running: (RunningValue) -> String
  ) throws(Rejection) -> JSONValue {
    if case .field(let pointer)? = template.onlySlot {
      guard let value = row[pointer] else { throw missing(pointer, row) }
      return value
    }
    return .string(
      try template.filled { slot throws(Rejection) in
        switch slot {
        case .field(let pointer):
          guard let text = row.label(at: pointer) else { throw missing(pointer, row) }
          return text
        case .running(let value, let width):
          let text = running(value)
          return String(repeating: "0", count: max(0, width - text.count)) + text
        case .list: return ""
        }
      })
  }

  private static func missing(_ pointer: JSONPointer, _ row: JSONValue) -> Rejection {
    Rejection(reason: "no field \(pointer)", pointer: pointer, row: row)
  }
}
