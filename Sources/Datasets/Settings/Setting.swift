import JSON
import MLOpsCore

/// A value of a configuration and where it stands, for messages that say what was expected there.
struct Setting {
  let value: JSONValue
  /// Such as `clean[2].drop_near_duplicates.threshold`.
  let place: String

  func failure(expected: String, suggestion: String? = nil) -> DatasetsError {
    .malformedSetting(
      place: place, expected: expected, found: Setting.spelling(value), suggestion: suggestion)
  }

  /// The members of an object; nil stands for the empty one.
  func members(keys: [String]) throws(DatasetsError) -> [String: Setting] {
    if value == .null { return [:] }
    guard let object = value.object else { throw failure(expected: "a mapping") }
    for name in object.keys.sorted() where !keys.contains(name) {
      throw .malformedSetting(
        place: place,
        expected: "a mapping with only the keys \(keys.joined(separator: ", "))",
        found: "'\(name)'", suggestion: Spelling.nearest(to: name, in: keys))
    }
    return Dictionary(
      uniqueKeysWithValues: object.map { ($0, Setting(value: $1, place: "\(place).\($0)")) })
  }

  func elements() throws(DatasetsError) -> [Setting] {
    guard let array = value.array else { throw failure(expected: "a list") }
    return array.enumerated().map { Setting(value: $1, place: "\(place)[\($0)]") }
  }

  func text() throws(DatasetsError) -> String {
    guard let text = value.string else { throw failure(expected: "a string") }
    return text
  }

  func flag() throws(DatasetsError) -> Bool {
    guard let flag = value.bool else { throw failure(expected: "true or false") }
    return flag
  }

  func whole(in range: ClosedRange<Int>) throws(DatasetsError) -> Int {
    guard let number = value.int, range.contains(number) else {
      throw failure(
        expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func number(in range: ClosedRange<Double>) throws(DatasetsError) -> Double {
    guard let number = value.double, range.contains(number) else {
      throw failure(
        expected:
          "a number from \(JSONValue.double(range.lowerBound).canonical) to \(JSONValue.double(range.upperBound).canonical)"
      )
    }
    return number
  }

  func pointer() throws(DatasetsError) -> JSONPointer {
    guard let pointer = value.string.flatMap({ JSONPointer($0) }), pointer != .root else {
      throw failure(expected: "a JSON pointer such as /text")
    }
    return pointer
  }

  func pointers() throws(DatasetsError) -> [JSONPointer] {
    var pointers: [JSONPointer] = []
    for element in try elements() { pointers.append(try element.pointer()) }
    guard !pointers.isEmpty else { throw failure(expected: "at least one JSON pointer") }
    return pointers
  }

  /// One of the words of an enumeration.
  func word<Word: RawRepresentable & CaseIterable>(of type: Word.Type) throws(DatasetsError)
    -> Word where Word.RawValue == String
  {
    let words = type.allCases.map(\.rawValue)
    guard let text = value.string, let word = Word(rawValue: text) else {
      throw failure(
        expected: "one of \(words.joined(separator: ", "))",
        suggestion: value.string.flatMap { Spelling.nearest(to: $0, in: words) })
    }
    return word
  }

  /// The value as a message shows it: short, and with its type.
  private static func spelling(_ value: JSONValue) -> String {
    let text = value.canonical
    return switch value {
    case .null: "nothing"
    case .array, .object: "a value of type \(value.typeName)"
    default: text.count > 60 ? text.prefix(59) + "…" : text
    }
  }
}
