public import JSON

/// Which share of the rows goes to which split, and what must stay together.
public struct SplitPlan: Sendable, Equatable {
  /// A split and its share.
  public struct Part: Sendable, Equatable {
    public let name: String
    /// Any number above 0; shares are relative to their sum, so `8, 1, 1` is `80, 10, 10`.
    public let weight: Double

    public init(_ name: String, _ weight: Double) {
      self.name = name
      self.weight = weight
    }
  }

  /// In order; a row's number in [0, 1) decides which part it falls into.
  public let parts: [Part]
  /// What belongs together: rows with equal values at all pointers. Rows that have none of them go
  /// by their whole value.
  public let group: [JSONPointer]
  /// The field whose values are to be spread evenly; nil for none.
  public let stratum: JSONPointer?
  /// Another one gives another split.
  public let salt: String
  /// The member that marks synthetic rows, which go with the rows they were made from.
  public var mark: String

  /// - Throws: `DatasetsError.malformedSetting` for fewer than two parts, a name that is used twice
  ///   or a weight that is not above 0.
  public init(
    parts: [Part], group: [JSONPointer], stratum: JSONPointer? = nil, salt: String = "",
    mark: String = RowMark.defaultName
  ) throws(DatasetsError) {
    guard parts.count >= 2 else {
      throw .malformedSetting(
        place: "split.parts", expected: "at least two parts", found: "\(parts.count)",
        suggestion: nil)
    }
    var names: Set<String> = []
    for part in parts {
      guard part.weight > 0, part.weight.isFinite else {
        throw .malformedSetting(
          place: "split.parts.\(part.name)", expected: "a number above 0", found: "\(part.weight)",
          suggestion: nil)
      }
      guard names.insert(part.name).inserted else {
        throw .malformedSetting(
          place: "split.parts", expected: "a list of different names",
          found: "'\(part.name)' twice", suggestion: nil)
      }
    }
    self.parts = parts
    self.group = group
    self.stratum = stratum
    self.salt = salt
    self.mark = mark
  }

  /// Reads `{"parts": [{"name", "weight"}], "group": [pointer], "stratum": pointer, "salt", "mark"}`.
  ///
  /// `parts` may be a mapping of names to weights too; its parts then come in order of weight, the
  /// heaviest first, then of name, since a mapping has no order.
  public init(_ value: JSONValue, place: String = "split") throws(DatasetsError) {
    let setting = Setting(value: value, place: place)
    let members = try setting.members(keys: ["parts", "group", "stratum", "salt", "mark"])
    guard let list = members["parts"] else {
      throw setting.failure(expected: "a mapping with parts")
    }
    var group: [JSONPointer] = []
    // An empty list is how the canonical form says that a row is its own group.
    if let pointer = members["group"], pointer.value != [] {
      group = pointer.value.string == nil ? try pointer.pointers() : [try pointer.pointer()]
    }
    var stratum: JSONPointer?
    if let pointer = members["stratum"], pointer.value != .null { stratum = try pointer.pointer() }
    try self.init(
      parts: try SplitPlan.parts(list), group: group, stratum: stratum,
      salt: try members["salt"]?.text() ?? "",
      mark: try members["mark"]?.text() ?? RowMark.defaultName)
  }

  private static func parts(_ list: Setting) throws(DatasetsError) -> [Part] {
    let weights = 0.001...1_000_000
    var parts: [Part] = []
    if let object = list.value.object {
      for (name, weight) in object {
        let setting = Setting(value: weight, place: "\(list.place).\(name)")
        parts.append(Part(name, try setting.number(in: weights)))
      }
      return parts.sorted { ($1.weight, $0.name) < ($0.weight, $1.name) }
    }
    for element in try list.elements() {
      let members = try element.members(keys: ["name", "weight"])
      guard let name = members["name"], let weight = members["weight"] else {
        throw element.failure(expected: "a mapping with name and weight")
      }
      parts.append(Part(try name.text(), try weight.number(in: weights)))
    }
    return parts
  }

  /// The canonical form, for lineage.
  public var json: JSONValue {
    var object: [String: JSONValue] = [
      "parts": .array(parts.map { ["name": .string($0.name), "weight": .double($0.weight)] }),
      "group": .array(group.map { .string($0.description) }),
      "stratum": stratum.map { .string($0.description) } ?? .null, "salt": .string(salt),
    ]
    // The usual name is left out, so that splits keep the digests they had before there were marks.
    if mark != RowMark.defaultName { object["mark"] = .string(mark) }
    return .object(object)
  }

  /// Where in [0, 1) each part ends; the last is 1.
  var ends: [Double] {
    let sum = parts.reduce(0) { $0 + $1.weight }
    var total = 0.0
    var ends = parts.map { part in
      total += part.weight
      return total / sum
    }
    ends[ends.count - 1] = 1
    return ends
  }

  /// What decides where a row goes.
  func fingerprint(of row: JSONValue) -> RowFingerprint {
    salted((key(of: row) ?? row).canonicalBytes)
  }

  /// What decides where a synthetic row goes whose source is not among the rows.
  func fingerprint(of row: JSONValue, from source: RowFingerprint) -> RowFingerprint {
    salted(key(of: row)?.canonicalBytes ?? source.bytes)
  }

  /// The source of a synthetic row; nil for other rows.
  func source(of row: JSONValue) -> RowFingerprint? {
    RowMark(of: row, name: mark).map { RowFingerprint($0.source) }
  }

  /// The fields that some row must have, each once.
  var fields: [FieldUse] {
    group.map { FieldUse(place: "--by", pointer: $0) }
      + (stratum.map { [FieldUse(place: "--stratify", pointer: $0)] } ?? [])
  }

  /// The value of a row's group; nil where it has none of the fields.
  private func key(of row: JSONValue) -> JSONValue? {
    let values = group.map { row[$0] }
    // A single pointer gives the same groups as `HashSplit`, whose splits therefore stay valid.
    return switch values.count {
    case 1: values[0]
    default:
      values.contains { $0 != nil }
        ? .array(values.map { $0.map { .array([$0]) } ?? .null }) : nil
    }
  }

  private func salted(_ bytes: [UInt8]) -> RowFingerprint {
    RowFingerprint(Array(salt.utf8) + [0] + bytes)
  }
}
