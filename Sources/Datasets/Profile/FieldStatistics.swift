import JSON

/// What the values of one field are like.
public struct FieldStatistics: Sendable, Equatable {
  public let pointer: String
  /// Rows that have it.
  public internal(set) var rows = 0
  /// For each JSON type, in how many rows; a whole number is an `integer`.
  public internal(set) var types: [String: Int] = [:]
  /// Lengths of the strings, in Unicode scalars.
  public internal(set) var lengths = ValueSample()
  public internal(set) var numbers = ValueSample()
  /// How often each string or boolean occurs; nil once there are more than `labelLimit`, which then
  /// are texts rather than labels.
  public internal(set) var labels: [String: Int]? = [:]

  /// How many different values a field of labels may have.
  public static let labelLimit = 200
  /// How long a label may be, in UTF-8 bytes.
  private static let labelLength = 200

  init(pointer: String) { self.pointer = pointer }

  mutating func note(_ value: JSONValue) {
    rows += 1
    types[value.typeName, default: 0] += 1
    switch value {
    case .string(let text):
      lengths.add(Double(text.unicodeScalars.count))
      note(label: text)
    case .bool(let flag): note(label: String(flag))
    case .number(let number): numbers.add(number.double)
    case .null, .array, .object: break
    }
  }

  private mutating func note(label: String) {
    guard labels != nil else { return }
    guard label.utf8.count <= FieldStatistics.labelLength else {
      labels = nil
      return
    }
    labels?[label, default: 0] += 1
    if labels?.count ?? 0 > FieldStatistics.labelLimit { labels = nil }
  }

  /// The most frequent labels, then by text; empty for texts.
  public func topLabels(_ count: Int) -> [(label: String, rows: Int)] {
    (labels ?? [:]).sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(count)
      .map { ($0.key, $0.value) }
  }

  /// - Parameter total: Rows in all, of which those without the field are missing.
  func json(of total: Int, labels count: Int) -> JSONValue {
    var object: [String: JSONValue] = [
      "pointer": .string(pointer), "rows": .integer(rows), "missing": .integer(total - rows),
      "types": .object(types.mapValues { .integer($0) }),
    ]
    if lengths.count > 0 { object["lengths"] = lengths.json }
    if numbers.count > 0 { object["numbers"] = numbers.json }
    if let labels, !labels.isEmpty {
      object["label_count"] = .integer(labels.count)
      object["labels"] = .array(
        topLabels(count).map { ["label": .string($0.label), "rows": .integer($0.rows)] })
    }
    return .object(object)
  }
}
