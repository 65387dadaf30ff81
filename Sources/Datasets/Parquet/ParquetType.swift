/// What is stored in a column, and what it means.
struct ParquetType {
  enum Physical: Int64 {
    case boolean, int32, int64, int96, float, double, bytes, fixed
  }

  /// Digits after the point, and bytes of a decimal number: enough for 150 digits.
  static let scaleLimit = 150
  static let decimalBytes = 64

  let physical: Physical
  /// Bytes of a value; nil where each says its own.
  let width: Int?
  let meaning: ParquetSchemaElement.Meaning?

  init(_ element: ParquetSchemaElement, _ path: String) throws(ParquetFault) {
    guard let number = element.physical, let physical = Physical(rawValue: number) else {
      throw .damaged("'\(path)' has values of no known type")
    }
    self.physical = physical
    meaning = element.meaning
    switch physical {
    case .boolean, .bytes: width = nil
    case .int32, .float: width = 4
    case .int64, .double: width = 8
    case .int96: width = 12
    case .fixed:
      guard element.length > 0, element.length <= 1 << 20 else {
        throw .damaged("'\(path)' has values of \(element.length) bytes")
      }
      width = element.length
    }
    if case .decimal(let scale) = element.meaning, scale > ParquetType.scaleLimit {
      throw .unsupported("'\(path)' has \(scale) digits after the point")
    }
  }

  /// Whether its values are texts.
  var isText: Bool { physical == .bytes && (meaning == .string || meaning == .enumeration) }
}

/// A stored value, before it is known what it means.
enum ParquetPrimitive {
  case boolean(Bool)
  case integer(Int64)
  case float(Float)
  case double(Double)
  case bytes(ArraySlice<UInt8>)
}
