extension JinjaRenderer {
  /// `value.name(…)`.
  mutating func method(
    of value: PythonValue, _ name: String, _ arguments: JinjaValues, at place: JinjaPlace
  ) throws(JinjaFault) -> PythonValue {
    switch value {
    case .string(let text): return try textMethod(text, name, arguments, at: place)
    case .list(let elements), .tuple(let elements):
      return try listMethod(elements, name, arguments, at: place)
    case .dict(let dict): return try dictMethod(dict, name, arguments, at: place)
    default: throw unknown(name, of: value, known: [], at: place)
    }
  }

  private func unknown(
    _ name: String, of value: PythonValue, known: [String], at place: JinjaPlace
  ) -> JinjaFault {
    place.fault(
      "the method '.\(name)()' of the type \(value.typeName) is not understood"
        + (known.isEmpty ? "" : " (known: \(known.joined(separator: ", ")))"))
  }

  private static let textMethods = [
    "capitalize", "count", "endswith", "find", "format", "index", "isdigit", "join", "lower",
    "lstrip",
    "replace", "rstrip", "split", "splitlines", "startswith", "strip", "title", "upper",
  ]

  private mutating func textMethod(
    _ text: String, _ name: String, _ arguments: JinjaValues, at place: JinjaPlace
  ) throws(JinjaFault) -> PythonValue {
    try spend(text.utf8.count / 64, at: place)
    func argument(_ index: Int, _ label: String) throws(JinjaFault) -> String? {
      try arguments.text(index, label, of: ".\(name)()", at: place)
    }
    switch name {
    case "strip": return .string(PythonText.stripped(text, of: try argument(0, "chars")))
    case "lstrip": return .string(PythonText.stripped(text, .left, of: try argument(0, "chars")))
    case "rstrip": return .string(PythonText.stripped(text, .right, of: try argument(0, "chars")))
    case "lower": return .string(text.lowercased())
    case "upper": return .string(text.uppercased())
    case "capitalize": return .string(PythonText.capitalized(text))
    case "isdigit":
      return .bool(
        !text.isEmpty
          && text.unicodeScalars.allSatisfy {
            [.decimal, .digit].contains($0.properties.numericType)
          })
    case "startswith", "endswith":
      return .bool(try ends(text, name == "startswith", arguments, at: place))
    case "split":
      let mark = try argument(0, "sep")
      guard mark != "" else { throw place.fault("'.split()' needs a text that is not empty") }
      let limit = try arguments.int(1, "maxsplit", of: ".split()", at: place) ?? -1
      return .list(PythonText.split(text, by: mark, limit: limit).map { .string($0) })
    case "splitlines":
      return .list(PythonText.lines(text).map { .string($0) })
    case "replace":
      guard let old = try argument(0, "old"), let new = try argument(1, "new") else {
        throw place.fault("'replace' takes two texts")
      }
      let limit = try arguments.int(2, "count", of: "replace", at: place) ?? -1
      guard
        let result = PythonText.replaced(
          text, old, by: new, limit: limit, atMost: JinjaLimits.size)
      else { throw place.fault("a text becomes longer than \(JinjaLimits.size) characters") }
      return .string(result)
    case "join":
      return try filter(
        arguments.plain.first ?? .list([]), "join", JinjaValues(plain: [.string(text)]), at: place)
    case "find", "index", "count":
      return try search(text, name, try argument(0, "sub") ?? "", at: place)
    case "format":
      return .string(try formatted(text, arguments, at: place))
    case "title":
      // Python's own begins a word behind anything that is no letter.
      return .string(PythonText.pythonTitle(text))
    default:
      throw unknown(name, of: .string(text), known: JinjaRenderer.textMethods, at: place)
    }
  }

  private func ends(
    _ text: String, _ isStart: Bool, _ arguments: JinjaValues, at place: JinjaPlace
  ) throws(JinjaFault) -> Bool {
    guard let first = arguments.plain.first, arguments.plain.count == 1 else {
      throw place.fault("'.startswith()' and '.endswith()' take one text or a tuple of texts")
    }
    let scalars = Array(text.unicodeScalars)
    for piece in first.elements ?? [first] {
      guard let piece = piece.string?.unicodeScalars else {
        throw place.fault("'.startswith()' and '.endswith()' take texts")
      }
      if isStart ? scalars.starts(with: piece) : scalars.reversed().starts(with: piece.reversed()) {
        return true
      }
    }
    return false
  }

  private func search(_ text: String, _ name: String, _ piece: String, at place: JinjaPlace)
    throws(JinjaFault) -> PythonValue
  {
    let (scalars, mark) = (Array(text.unicodeScalars), Array(piece.unicodeScalars))
    if name == "count" {
      if mark.isEmpty { return .int(scalars.count + 1) }
      return .int(PythonText.split(text, by: piece).count - 1)
    }
    let found = PythonText.find(mark, in: scalars)
    guard found != nil || name == "find" else {
      throw place.fault("'.index()' does not find '\(piece.prefix(40))'")
    }
    return .int(found ?? -1)
  }

  /// `{}`, `{0}` and `{name}` without formats.
  private mutating func formatted(_ text: String, _ arguments: JinjaValues, at place: JinjaPlace)
    throws(JinjaFault) -> String
  {
    var (result, next) = ("", 0)
    var rest = Array(text.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      guard scalar == "{" || scalar == "}" else {
        result.unicodeScalars.append(scalar)
        continue
      }
      if rest.first == scalar {
        result.unicodeScalars.append(scalar)
        rest.removeFirst()
        continue
      }
      let name = PythonText.text(rest.prefix { $0 != "}" })
      rest = rest.dropFirst(name.unicodeScalars.count)
      guard scalar == "{", rest.popFirst() == "}",
        name.unicodeScalars.allSatisfy({
          $0 == "_" || $0.properties.isAlphabetic || $0.properties.numericType != nil
        })
      else { throw place.fault("'.format()' understands only {}, {0} and {name}") }
      let index = name.isEmpty ? next : Int(name)
      if name.isEmpty { next += 1 }
      let value =
        index.map { arguments.plain.indices.contains($0) ? arguments.plain[$0] : nil }
        ?? arguments.named[name]
      guard let value else { throw place.fault("'.format()' is given no value for '{\(name)}'") }
      result += try self.text(try usable(value, at: place), at: place)
      _ = try bounded(result, at: place)
    }
    return result
  }

  private func listMethod(
    _ elements: [PythonValue], _ name: String, _ arguments: JinjaValues, at place: JinjaPlace
  ) throws(JinjaFault) -> PythonValue {
    guard let value = arguments.plain.first, name == "index" || name == "count" else {
      throw unknown(name, of: .list([]), known: ["count", "index"], at: place)
    }
    if name == "count" { return .int(elements.count { $0 == value }) }
    guard let index = elements.firstIndex(of: value) else {
      throw place.fault("'.index()' does not find \(value.repr.prefix(40)) in the list")
    }
    return .int(index)
  }

  private func dictMethod(
    _ dict: PythonDict, _ name: String, _ arguments: JinjaValues, at place: JinjaPlace
  ) throws(JinjaFault) -> PythonValue {
    switch name {
    case "get":
      guard let key = arguments.plain.first else { throw place.fault("'.get()' needs a name") }
      return dict[key] ?? arguments.value(1, "default") ?? .none
    case "items", "keys", "values":
      let keys = try elements(of: .dict(dict), at: place)
      if name == "keys" { return .list(keys) }
      return .list(
        dict.pairs.map { name == "values" ? $0.value : .tuple([$0.key, $0.value]) })
    default:
      throw unknown(
        name, of: .dict(dict), known: ["get", "items", "keys", "values"], at: place)
    }
  }

  /// `name(…)`.
  mutating func call(_ name: String, _ arguments: JinjaValues, at place: JinjaPlace)
    throws(JinjaFault) -> PythonValue
  {
    if name == "dict" {
      let sorted = arguments.named.sorted { $0.key < $1.key }
      guard sorted.count < 2, arguments.plain.isEmpty else {
        throw place.fault("'dict()' takes one member here; write {'name': value, …}")
      }
      return .dict(PythonDict(pairs: sorted.map { (.string($0.key), $0.value) }))
    }
    guard name == "range" else {
      throw place.fault("the function '\(name)()' is not understood (known: range, dict)")
    }
    var bounds: [Int] = []
    for index in arguments.plain.indices {
      bounds.append(try arguments.int(index, "", of: "range()", at: place) ?? 0)
    }
    guard (1...3).contains(bounds.count), bounds.count < 3 || bounds[2] != 0 else {
      throw place.fault("'range()' takes one to three whole numbers, the third not 0")
    }
    let (from, to) = bounds.count == 1 ? (0, bounds[0]) : (bounds[0], bounds[1])
    let step = bounds.count == 3 ? bounds[2] : 1
    let count = step > 0 ? (to - from + step - 1) / step : (from - to - step - 1) / -step
    try spend(max(count, 0), at: place)
    return .list(stride(from: from, to: to, by: step).map { .int($0) })
  }
}
