/// One line of a Parquet schema, which lists its tree from the root, children after their parent.
struct ParquetSchemaElement {
  enum Repetition: Int64 { case required, optional, repeated }

  /// The unit of a time or timestamp, in seconds to the power of ten.
  enum Unit: Int { case milli = 3, micro = 6, nano = 9 }

  /// What the stored values mean, newer annotations first and older ones mapped to them.
  enum Meaning: Equatable {
    case string, enumeration, json, bson, uuid, date, null, half, list, map
    case decimal(scale: Int)
    case time(Unit, isUTC: Bool)
    case timestamp(Unit, isUTC: Bool)
    case integer(bits: Int, isSigned: Bool)
    case other
  }

  private(set) var physical: Int64?
  /// Bytes of a value of fixed length.
  private(set) var length = 0
  private(set) var repetition = Repetition.required
  private(set) var name = ""
  private(set) var children = 0
  private(set) var meaning: Meaning?

  init(_ reader: inout ThriftReader) throws(ParquetFault) {
    var (number, scale) = (0, 0)
    var (old, new): (Int64?, Meaning?) = (nil, nil)
    while let kind = try reader.field(after: &number) {
      switch number {
      case 1: physical = try reader.integer(kind)
      case 2: length = try reader.size(kind)
      case 3:
        guard let known = Repetition(rawValue: try reader.integer(kind)) else {
          throw .damaged("a column is neither required, optional nor repeated")
        }
        repetition = known
      case 4: name = try reader.string(kind)
      case 5: children = try reader.size(kind)
      case 6: old = try reader.integer(kind)
      case 7: scale = try reader.size(kind)
      case 10 where kind == .structure: new = try ParquetSchemaElement.meaning(&reader)
      default: try reader.skip(kind)
      }
    }
    meaning = new ?? old.map { ParquetSchemaElement.converted($0, scale: scale) }
  }

  /// The union `LogicalType`.
  private static func meaning(_ reader: inout ThriftReader) throws(ParquetFault) -> Meaning? {
    var meaning: Meaning?
    var number = 0
    while let kind = try reader.field(after: &number) {
      guard kind == .structure else {
        try reader.skip(kind)
        continue
      }
      let member = number
      let options = try options(&reader)
      let unit = options.unit
      meaning =
        switch member {
        case 1: .string
        case 2: .map
        case 3: .list
        case 4: .enumeration
        case 5: .decimal(scale: options.numbers[1] ?? 0)
        case 6: .date
        case 7: unit.map { .time($0, isUTC: options.flags[1] ?? false) } ?? .other
        case 8: unit.map { .timestamp($0, isUTC: options.flags[1] ?? false) } ?? .other
        case 10:
          .integer(bits: options.numbers[1] ?? 64, isSigned: options.flags[2] ?? true)
        case 11: .null
        case 12: .json
        case 13: .bson
        case 14: .uuid
        case 15: .half
        default: .other
        }
    }
    return meaning
  }

  /// The fields of a member of that union, whichever it is.
  private struct Options {
    var numbers: [Int: Int] = [:]
    var flags: [Int: Bool] = [:]
    var unit: Unit?
  }

  private static func options(_ reader: inout ThriftReader) throws(ParquetFault) -> Options {
    var options = Options()
    var number = 0
    while let kind = try reader.field(after: &number) {
      if kind.isInteger {
        options.numbers[number] = try reader.size(kind)
      } else if kind.isBoolean {
        options.flags[number] = try reader.boolean(kind)
      } else if kind == .structure {
        // The union TimeUnit: its member's number is the unit.
        var member = 0
        while let inner = try reader.field(after: &member) {
          options.unit = Unit(rawValue: member * 3)
          try reader.skip(inner)
        }
      } else {
        try reader.skip(kind)
      }
    }
    return options
  }

  /// The older enumeration `ConvertedType`.
  private static func converted(_ number: Int64, scale: Int) -> Meaning {
    switch number {
    case 0: .string
    case 1, 2: .map
    case 3: .list
    case 4: .enumeration
    case 5: .decimal(scale: scale)
    case 6: .date
    case 7: .time(.milli, isUTC: true)
    case 8: .time(.micro, isUTC: true)
    case 9: .timestamp(.milli, isUTC: true)
    case 10: .timestamp(.micro, isUTC: true)
    case 11...14: .integer(bits: 8 << Int(number - 11), isSigned: false)
    case 15...18: .integer(bits: 8 << Int(number - 15), isSigned: true)
    case 19: .json
    case 20: .bson
    default: .other
    }
  }
}
