public import JSON

/// Which texts of a row are meant: all of them, or those at and below some pointers.
public struct FieldSelection: Sendable, Equatable {
  /// Empty for all.
  public let pointers: [JSONPointer]

  /// Every string of a row.
  public static let all = FieldSelection([])

  public init(_ pointers: [JSONPointer]) { self.pointers = pointers }

  init(_ setting: Setting?) throws(DatasetsError) {
    guard let setting, setting.value != .null else {
      self = .all
      return
    }
    pointers = try setting.pointers()
  }

  /// The pointers' texts; nil where all are meant.
  var json: JSONValue? {
    pointers.isEmpty ? nil : .array(pointers.map { .string($0.description) })
  }

  /// The strings in the order of the pointers, and of names below them.
  func texts(of row: JSONValue) -> [String] {
    var texts: [String] = []
    if pointers.isEmpty { FieldSelection.collect(row, &texts) }
    for pointer in pointers {
      if let value = row[pointer] { FieldSelection.collect(value, &texts) }
    }
    return texts
  }

  /// Changes the strings; `change` gives nil where one stays as it is.
  func change(_ row: inout JSONValue, _ change: (JSONPointer, String) -> String?) {
    if pointers.isEmpty { row.changeStrings(at: .root, change) }
    for pointer in pointers {
      guard var value = row[pointer] else { continue }
      let before = value
      value.changeStrings(at: pointer, change)
      if value != before { row.set(value, at: pointer.tokens[...]) }
    }
  }

  private static func collect(_ value: JSONValue, _ texts: inout [String]) {
    switch value {
    case .string(let text): texts.append(text)
    case .array(let elements): for element in elements { collect(element, &texts) }
    case .object(let members):
      for (_, member) in members.sorted(by: { $0.key < $1.key }) { collect(member, &texts) }
    case .null, .bool, .number: break
    }
  }
}
