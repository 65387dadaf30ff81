import JSON

/// What is known of the values at one place.
struct ValueProfile: Sendable {
  /// How many values of each type there were, by the names of JSON Schema.
  var types: [String: Int] = [:]
  var strings = StringProfile()
  var numbers: ClosedRange<JSONNumber>?
  var elementCounts: ClosedRange<Int>?
  /// Of the elements of all arrays. An array rather than an optional, because a struct cannot hold
  /// itself.
  var elements: [ValueProfile] = []
  var members: [String: ValueProfile] = [:]
  /// Of the members of objects that turned out to be maps.
  var mapped: [ValueProfile] = []

  /// Whether there were texts beside numbers or booleans.
  var isMixedText: Bool {
    types["string"] != nil && ["integer", "number", "boolean"].contains { types[$0] != nil }
  }

  /// How many values there were.
  var count: Int { types.values.reduce(0, +) }

  mutating func add(_ value: JSONValue, _ options: SchemaInference.Options) {
    types[value.typeName, default: 0] += 1
    switch value {
    case .null, .bool: break
    case .number(let number): numbers = Self.hull(numbers, number...number)
    case .string(let text): strings.add(text, options)
    case .array(let values):
      elementCounts = Self.hull(elementCounts, values.count...values.count)
      if elements.isEmpty { elements = [ValueProfile()] }
      for value in values { elements[0].add(value, options) }
    case .object(let values):
      for (name, value) in values {
        if mapped.isEmpty {
          members[name, default: ValueProfile()].add(value, options)
        } else {
          mapped[0].add(value, options)
        }
      }
      becomeMap(options)
    }
  }

  /// Takes in what is known of other values.
  mutating func merge(_ other: ValueProfile, _ options: SchemaInference.Options) {
    types.merge(other.types, uniquingKeysWith: +)
    strings.merge(other.strings, options)
    if let range = other.numbers { numbers = Self.hull(numbers, range) }
    if let range = other.elementCounts { elementCounts = Self.hull(elementCounts, range) }
    Self.merge(&elements, other.elements, options)
    Self.merge(&mapped, other.mapped, options)
    for (name, profile) in other.members {
      members[name, default: ValueProfile()].merge(profile, options)
    }
    becomeMap(options)
  }

  private mutating func becomeMap(_ options: SchemaInference.Options) {
    guard !mapped.isEmpty || members.count > options.propertyLimit else { return }
    if mapped.isEmpty { mapped = [ValueProfile()] }
    for profile in members.values { mapped[0].merge(profile, options) }
    members = [:]
  }

  private static func merge(
    _ left: inout [ValueProfile], _ right: [ValueProfile], _ options: SchemaInference.Options
  ) {
    guard let right = right.first else { return }
    if left.isEmpty { left = [right] } else { left[0].merge(right, options) }
  }

  /// The least range that holds both.
  private static func hull<Bound: Comparable>(
    _ left: ClosedRange<Bound>?, _ right: ClosedRange<Bound>
  ) -> ClosedRange<Bound> {
    guard let left else { return right }
    return min(left.lowerBound, right.lowerBound)...max(left.upperBound, right.upperBound)
  }
}

/// What is known of the strings at one place.
struct StringProfile: Sendable {
  /// The different ones; nil once there are too many.
  var values: Set<String>? = []
  /// The formats that all of them have.
  var formats: Set<Format> = StringProfile.candidates
  /// In code points.
  var lengths: ClosedRange<Int>?

  private static let candidates: Set<Format> = [.dateTime, .date, .uuid, .email, .uri]

  mutating func add(_ text: String, _ options: SchemaInference.Options) {
    values?.insert(text)
    forget(options)
    let length = text.unicodeScalars.count
    widen(length...length)
    formats = formats.filter { format in
      // Nearly any text with a colon is a URI; only those with an authority are meant.
      format.admits(text) && (format != .uri || text.contains("://"))
    }
  }

  mutating func merge(_ other: StringProfile, _ options: SchemaInference.Options) {
    if let more = other.values { values?.formUnion(more) } else { values = nil }
    forget(options)
    formats.formIntersection(other.formats)
    if let range = other.lengths { widen(range) }
  }

  private mutating func forget(_ options: SchemaInference.Options) {
    if let count = values?.count, count > options.enumValues { values = nil }
  }

  private mutating func widen(_ range: ClosedRange<Int>) {
    guard let old = lengths else {
      lengths = range
      return
    }
    lengths = min(old.lowerBound, range.lowerBound)...max(old.upperBound, range.upperBound)
  }
}
