extension JinjaRenderer {
  mutating func evaluate(_ expression: JinjaExpression) throws(JinjaFault) -> PythonValue {
    let place = expression.place
    try spend(at: place)
    switch expression.form {
    case .literal(let value): return value
    case .name(let name): return variable(name)
    case .list(let parts): return .list(try evaluate(all: parts))
    case .tuple(let parts): return .tuple(try evaluate(all: parts))
    case .dict(let pairs):
      var dict = PythonDict()
      for (key, value) in pairs { dict.set(try evaluate(key), try evaluate(value)) }
      return .dict(dict)
    case .attribute(let value, let name):
      let value = try usable(try evaluate(value), at: place)
      if let member = value[name] { return member }
      return .missing("a value of the type \(value.typeName) has no member '\(name)'")
    case .element(let value, let index):
      return try element(of: try evaluate(value), try evaluate(index), at: place)
    case .slice(let value, let from, let to, let step):
      return try slice(
        of: try evaluate(value), try bound(from), try bound(to), try bound(step), at: place)
    case .call(let name, let arguments): return try call(name, try evaluate(arguments), at: place)
    case .method(let value, let name, let arguments):
      let value = try usable(try evaluate(value), at: place)
      return try method(of: value, name, try evaluate(arguments), at: place)
    case .filter(let value, let name, let arguments):
      return try filter(try evaluate(value), name, try evaluate(arguments), at: place)
    case .test(let value, let name, let arguments):
      let outcome = try JinjaTests.isTrue(
        try evaluate(value), name, try evaluate(arguments).plain, at: place)
      return .bool(outcome)
    case .negative(let value):
      return try JinjaArithmetic.negative(try evaluate(value), at: place)
    case .positive(let value):
      return try JinjaArithmetic.positive(try evaluate(value), at: place)
    case .not(let value): return .bool(!(try isTrue(try evaluate(value), at: place)))
    case .and(let left, let right):
      let value = try evaluate(left)
      return try isTrue(value, at: place) ? try evaluate(right) : value
    case .or(let left, let right):
      let value = try evaluate(left)
      return try isTrue(value, at: place) ? value : try evaluate(right)
    case .binary(let sign, let left, let right):
      return try binary(sign, try evaluate(left), try evaluate(right), at: place)
    case .compare(let left, let others): return try compare(left, others)
    case .condition(let test, let then, let otherwise):
      if try isTrue(try evaluate(test), at: test.place) { return try evaluate(then) }
      return try otherwise.map { other throws(JinjaFault) in try evaluate(other) }
        ?? .missing("the condition is false and has no 'else'")
    }
  }

  private mutating func evaluate(all parts: [JinjaExpression]) throws(JinjaFault) -> [PythonValue] {
    var values: [PythonValue] = []
    for part in parts { values.append(try evaluate(part)) }
    return values
  }

  private mutating func evaluate(_ arguments: JinjaArguments) throws(JinjaFault) -> JinjaValues {
    var values = JinjaValues(plain: try evaluate(all: arguments.plain))
    for (name, value) in arguments.named { values.named[name] = try evaluate(value) }
    return values
  }

  private mutating func bound(_ part: JinjaExpression?) throws(JinjaFault) -> PythonValue {
    guard let part else { return .none }
    return try evaluate(part)
  }

  private mutating func binary(
    _ sign: String, _ left: PythonValue, _ right: PythonValue, at place: JinjaPlace
  ) throws(JinjaFault) -> PythonValue {
    let (a, b) = (try usable(left, at: place), try usable(right, at: place))
    if sign == "~" {
      return .string(
        try bounded(try text(a, at: place) + text(b, at: place), at: place))
    }
    let result = try JinjaArithmetic.binary(sign, a, b, at: place)
    try spend(at: result, place)
    return result
  }

  /// A long value costs as much as it is long.
  mutating func spend(at value: PythonValue, _ place: JinjaPlace) throws(JinjaFault) {
    switch value {
    case .string(let text): try spend(text.utf8.count / 64, at: place)
    case .list(let elements), .tuple(let elements): try spend(elements.count / 8, at: place)
    default: break
    }
  }

  func bounded(_ text: String, at place: JinjaPlace) throws(JinjaFault) -> String {
    guard text.utf8.count <= JinjaLimits.size else {
      throw place.fault("a text becomes longer than \(JinjaLimits.size) bytes")
    }
    return text
  }

  private mutating func compare(
    _ left: JinjaExpression, _ others: [(String, JinjaExpression)]
  ) throws(JinjaFault) -> PythonValue {
    var value = try usable(try evaluate(left), at: left.place)
    for (sign, other) in others {
      let next = try usable(try evaluate(other), at: other.place)
      guard try JinjaArithmetic.compare(sign, value, next, at: other.place) else {
        return .bool(false)
      }
      value = next
    }
    return .bool(true)
  }

  private func element(of value: PythonValue, _ index: PythonValue, at place: JinjaPlace)
    throws(JinjaFault) -> PythonValue
  {
    let (value, index) = (try usable(value, at: place), try usable(index, at: place))
    if case .dict(let dict) = value {
      return dict[index] ?? .missing("the mapping has no member \(index.repr)")
    }
    let missing = PythonValue.missing(
      "a value of the type \(value.typeName) has no element \(index.repr)")
    guard let index = index.int else { return missing }
    if let text = value.string {
      let scalars = Array(text.unicodeScalars)
      let place = index < 0 ? index + scalars.count : index
      return scalars.indices.contains(place) ? .string(String(scalars[place])) : missing
    }
    guard let elements = value.elements else { return missing }
    let place = index < 0 ? index + elements.count : index
    return elements.indices.contains(place) ? elements[place] : missing
  }

  private func slice(
    of value: PythonValue, _ from: PythonValue, _ to: PythonValue, _ step: PythonValue,
    at place: JinjaPlace
  ) throws(JinjaFault) -> PythonValue {
    func bound(_ value: PythonValue) throws(JinjaFault) -> Int? {
      if value == .none { return nil }
      guard let bound = value.int, bound.magnitude < 1 << 40 else {
        throw place.fault("the bound \(value.repr) of a slice is no usable whole number")
      }
      return bound
    }
    let (from, to, step) = (try bound(from), try bound(to), try bound(step) ?? 1)
    guard step != 0 else { throw place.fault("the step of a slice is 0") }
    func places(_ count: Int) -> [Int] {
      func clamped(_ bound: Int?, _ usual: Int) -> Int {
        guard let bound else { return usual }
        let place = bound < 0 ? bound + count : bound
        return step > 0 ? min(max(place, 0), count) : min(max(place, -1), count - 1)
      }
      return Array(
        stride(
          from: clamped(from, step > 0 ? 0 : count - 1), to: clamped(to, step > 0 ? count : -1),
          by: step))
    }
    switch try usable(value, at: place) {
    case .string(let text):
      let scalars = Array(text.unicodeScalars)
      return .string(PythonText.text(places(scalars.count).map { scalars[$0] }))
    case .list(let elements): return .list(places(elements.count).map { elements[$0] })
    case .tuple(let elements): return .tuple(places(elements.count).map { elements[$0] })
    default: throw place.fault("a value of the type \(value.typeName) cannot be sliced")
    }
  }
}
