/// The type of a metadata value; the raw values are the format's.
public enum GGUFValueType: UInt32, Sendable, Hashable {
  case uint8 = 0
  case int8 = 1
  case uint16 = 2
  case int16 = 3
  case uint32 = 4
  case int32 = 5
  case float32 = 6
  case bool = 7
  case string = 8
  case array = 9
  case uint64 = 10
  case int64 = 11
  case float64 = 12

  /// Bytes of one value; nil for strings and arrays, whose size is written before them.
  var width: Int? {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    case .string, .array: nil
    }
  }

  var isInteger: Bool {
    switch self {
    case .uint8, .int8, .uint16, .int16, .uint32, .int32, .uint64, .int64: true
    default: false
    }
  }
}

/// A metadata value of a GGUF file.
public enum GGUFValue: Sendable, Hashable {
  /// Any of the integer types; `bits` is the value, sign- or zero-extended to 64 bits.
  case integer(GGUFValueType, bits: UInt64)
  case float32(Float)
  case float64(Double)
  case bool(Bool)
  case string(String)
  case array(GGUFArray)

  public static func uint32(_ value: UInt32) -> GGUFValue { .integer(.uint32, bits: UInt64(value)) }
  public static func int32(_ value: Int32) -> GGUFValue {
    .integer(.int32, bits: UInt64(bitPattern: Int64(value)))
  }
  public static func strings(_ values: [String]) -> GGUFValue {
    .array(GGUFArray(.strings(GGUFStrings(values)), type: .string))
  }
  public static func int32s(_ values: [Int32]) -> GGUFValue {
    .array(GGUFArray(.integers(values.map(Int64.init)), type: .int32))
  }
  public static func float32s(_ values: [Float]) -> GGUFValue {
    .array(GGUFArray(.floats(values.map(Double.init)), type: .float32))
  }

  public var type: GGUFValueType {
    switch self {
    case .integer(let type, _): type
    case .float32: .float32
    case .float64: .float64
    case .bool: .bool
    case .string: .string
    case .array: .array
    }
  }

  /// The value of an integer of any width that fits an `Int`.
  public var int: Int? {
    guard case .integer(let type, let bits) = self else { return nil }
    return type == .uint64 ? Int(exactly: bits) : Int(Int64(bitPattern: bits))
  }
  /// The value of a floating-point number or an integer.
  public var double: Double? {
    switch self {
    case .float32(let value): Double(value)
    case .float64(let value): value
    case .integer: int.map(Double.init)
    default: nil
    }
  }
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  public var string: String? { if case .string(let value) = self { value } else { nil } }
  public var array: GGUFArray? { if case .array(let value) = self { value } else { nil } }
}

/// An array of metadata values, all of one type.
public struct GGUFArray: Sendable, Hashable {
  public enum Elements: Sendable, Hashable {
    case strings(GGUFStrings)
    case integers([Int64])
    case floats([Double])
    case bools([Bool])
    /// More than a reader keeps in memory; only `count` is known.
    case omitted
  }

  public let elementType: GGUFValueType
  public let count: Int
  public let elements: Elements

  init(elementType: GGUFValueType, count: Int, elements: Elements) {
    self.elementType = elementType
    self.count = count
    self.elements = elements
  }

  init(_ elements: Elements, type: GGUFValueType) {
    elementType = type
    self.elements = elements
    count =
      switch elements {
      case .strings(let values): values.count
      case .integers(let values): values.count
      case .floats(let values): values.count
      case .bools(let values): values.count
      case .omitted: 0
      }
  }

  public var strings: GGUFStrings? {
    if case .strings(let values) = elements { values } else { nil }
  }
  public var integers: [Int64]? {
    if case .integers(let values) = elements { values } else { nil }
  }
  public var floats: [Double]? {
    if case .floats(let values) = elements { values } else { nil }
  }
}

/// Many strings in one buffer, as bytes: a vocabulary takes one allocation and not 150,000.
///
/// Vocabularies hold strings that are canonically equivalent but not equal, and some that are no
/// UTF-8 at all, so whatever compares them must compare `bytes(_:)`.
public struct GGUFStrings: Sendable, Hashable, RandomAccessCollection {
  private var bytes: [UInt8] = []
  /// Where each string ends in `bytes`.
  private var ends: [Int] = []

  init() {}

  init(_ strings: [String]) {
    for string in strings { append(string.utf8) }
  }

  mutating func append(_ string: some Sequence<UInt8>) {
    bytes.append(contentsOf: string)
    ends.append(bytes.count)
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { ends.count }

  /// The bytes of the string at `index`.
  public func bytes(_ index: Int) -> ArraySlice<UInt8> {
    bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
  }

  /// The string at `index`; bytes that are no UTF-8 become U+FFFD.
  public subscript(index: Int) -> String { String(decoding: bytes(index), as: UTF8.self) }
}
