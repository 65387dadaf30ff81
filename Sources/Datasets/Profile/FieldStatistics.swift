public import JSON

/// What the values of one field are like.
public struct FieldStatistics: Sendable, Equatable {
  public let pointer: String
  /// Rows that have it.
  public internal(set) var rows = 0
  /// For each JSON type, in how many rows; a whole number is an `integer`.
  public internal(set) var types: [String: Int] = [:]
  /// Lengths of the strings, in Unicode scalars.
  public internal(set) var lengths = ValueSample()
  /// The numbers as doubles, which round those of many digits.
  public internal(set) var numbers = ValueSample()
  /// The least and greatest number, exactly; nil where there is none.
  public private(set) var leastNumber: JSONNumber?
  public private(set) var greatestNumber: JSONNumber?
  /// Numbers that are beyond every double, on either side; they are not among `numbers`.
  public private(set) var beyondDoubles = Beyond()

  /// How many numbers are beyond what doubles hold.
  public struct Beyond: Sendable, Equatable {
    public internal(set) var below = 0
    public internal(set) var above = 0
  }
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
    case .number(let number): note(number)
    case .null, .array, .object: break
    }
  }

  private mutating func note(_ number: JSONNumber) {
    let value = number.double
    if value.isFinite {
      numbers.add(value)
    } else if number < JSONNumber(0) {
      beyondDoubles.below += 1
    } else {
      beyondDoubles.above += 1
    }
    leastNumber = leastNumber.map { min($0, number) } ?? number
    greatestNumber = greatestNumber.map { max($0, number) } ?? number
  }

  /// How many numbers there are, those beyond doubles too.
  public var numberCount: Int { beyondDoubles.below + numbers.count + beyondDoubles.above }

  /// The least number that at least a share of the numbers, 0 to 1, do not exceed, as a double; nil
  /// where that is beyond every double.
  public func numberQuantile(_ share: Double) -> Double? {
    guard beyondDoubles != Beyond() else { return numbers.quantile(share) }
    let rank = (share * Double(numberCount)).rounded(.up) - Double(beyondDoubles.below)
    guard rank >= 1, rank <= Double(numbers.count) else { return nil }
    // Half a rank less, so that no rounding makes it the next one.
    return numbers.quantile((rank - 0.5) / Double(numbers.count))
  }

  /// As `ValueSample` tells numbers, with the least and the greatest exactly; `mean` is null where some
  /// are beyond doubles, which `beyond_doubles` counts.
  private var numberJSON: JSONValue {
    let beyond = beyondDoubles.below + beyondDoubles.above
    func double(_ value: Double?) -> JSONValue { value.map { .double($0) } ?? .null }
    var object: [String: JSONValue] = [
      "count": .integer(numberCount), "min": leastNumber.map { .number($0) } ?? .null,
      "median": double(numberQuantile(0.5)), "p95": double(numberQuantile(0.95)),
      "max": greatestNumber.map { .number($0) } ?? .null,
      "mean": double(beyond > 0 ? nil : numbers.mean),
    ]
    if beyond > 0 { object["beyond_doubles"] = .integer(beyond) }
    return .object(object)
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
    if numberCount > 0 { object["numbers"] = numberJSON }
    if let labels, !labels.isEmpty {
      object["label_count"] = .integer(labels.count)
      object["labels"] = .array(
        topLabels(count).map { ["label": .string($0.label), "rows": .integer($0.rows)] })
    }
    return .object(object)
  }
}
