/// What a call was given.
struct JinjaValues {
  var plain: [PythonValue]
  var named: [String: PythonValue] = [:]

  /// The value at a place or under a name; nil where neither was given.
  func value(_ index: Int, _ name: String) -> PythonValue? {
    plain.indices.contains(index) ? plain[index] : named[name]
  }

  /// A text; nil where none was given, or Python's None.
  func text(_ index: Int, _ name: String, of label: String, at place: JinjaPlace)
    throws(JinjaFault) -> String?
  {
    guard let value = value(index, name), value != .none else { return nil }
    guard let text = value.string else {
      throw place.fault("\(label) takes a text, found a value of the type \(value.typeName)")
    }
    return text
  }

  /// A whole number; nil where none was given.
  func int(_ index: Int, _ name: String, of label: String, at place: JinjaPlace)
    throws(JinjaFault) -> Int?
  {
    guard let value = value(index, name), value != .none else { return nil }
    guard let number = value.int, number.magnitude < 1 << 40 else {
      throw place.fault("\(label) takes a whole number, found \(value.repr.prefix(40))")
    }
    return number
  }
}
