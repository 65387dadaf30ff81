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
    visit(row) { _, text in texts.append(text) }
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
}

extension FieldSelection {
  /// Hands out the strings with their places, in the order of the pointers and of names below them.
  func visit(_ row: JSONValue, _ body: (JSONPointer, String) -> Void) {
    for pointer in pointers.isEmpty ? [.root] : pointers {
      if let value = row[pointer] { FieldSelection.visit(value, at: pointer, body) }
    }
  }

  private static func visit(
    _ value: JSONValue, at pointer: JSONPointer, _ body: (JSONPointer, String) -> Void
  ) {
    switch value {
    case .string(let text): body(pointer, text)
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        visit(element, at: pointer.appending(index), body)
      }
    case .object(let members):
      for (name, member) in members.sorted(by: { $0.key < $1.key }) {
        visit(member, at: pointer.appending(name), body)
      }
    case .null, .bool, .number: break
    }
  }
}
