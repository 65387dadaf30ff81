/// What the filters over lists share.
enum JinjaOrder {
  /// An element, or the part of it that `attribute` names.
  static func part(of element: PythonValue, _ attribute: PythonValue?, at place: JinjaPlace)
    throws(JinjaFault) -> PythonValue
  {
    switch attribute {
    case nil, .some(.none): return element
    case .int(let index)?:
      guard let elements = element.elements, elements.indices.contains(index) else {
        throw place.fault("an element has no part \(index)")
      }
      return elements[index]
    case .string(let path)?:
      var value = element
      for name in path.split(separator: ".") {
        guard let member = value[String(name)] else {
          throw place.fault("an element has no member '\(name)'")
        }
        value = member
      }
      return value
    default: throw place.fault("'attribute' must be a name or a whole number")
    }
  }

  private static func key(
    _ element: PythonValue, _ attribute: PythonValue?, foldsCase: Bool, at place: JinjaPlace
  ) throws(JinjaFault) -> PythonValue {
    let part = try part(of: element, attribute, at: place)
    return foldsCase ? part.string.map { .string($0.lowercased()) } ?? part : part
  }

  /// Stable, upwards or downwards.
  static func sorted(
    _ elements: [PythonValue], by attribute: PythonValue?, foldsCase: Bool, isDown: Bool = false,
    at place: JinjaPlace
  ) throws(JinjaFault) -> [PythonValue] {
    var keyed: [(key: PythonValue, index: Int)] = []
    for (index, element) in elements.enumerated() {
      keyed.append((try key(element, attribute, foldsCase: foldsCase, at: place), index))
    }
    var isComparable = true
    keyed.sort { left, right in
      guard let precedes = isDown ? right.key.precedes(left.key) : left.key.precedes(right.key),
        let follows = isDown ? left.key.precedes(right.key) : right.key.precedes(left.key)
      else {
        isComparable = false
        return left.index < right.index
      }
      return precedes || (!follows && left.index < right.index)
    }
    guard isComparable else { throw place.fault("values of these types have no order") }
    return keyed.map { elements[$0.index] }
  }

  /// The first of each.
  static func unique(_ elements: [PythonValue], _ arguments: JinjaValues, at place: JinjaPlace)
    throws(JinjaFault) -> [PythonValue]
  {
    guard elements.count <= 10_000 else {
      throw place.fault("'unique' takes at most 10000 elements")
    }
    let folds = arguments.value(0, "case_sensitive")?.isTrue != true
    var (keys, kept): ([PythonValue], [PythonValue]) = ([], [])
    for element in elements {
      let key = try key(
        element, arguments.value(1, "attribute"), foldsCase: folds, at: place)
      if keys.contains(key) { continue }
      keys.append(key)
      kept.append(element)
    }
    return kept
  }
}
