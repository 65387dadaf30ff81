/// Walks through the file once, front to back, and refuses what contradicts itself.
struct GGUFParser {
  static let magic: [UInt8] = Array("GGUF".utf8)
  /// Arrays of numbers longer than this are counted, not kept.
  static let keptNumbers = 1 << 22
  /// Arrays of strings longer than this are counted, not kept.
  static let keptStrings = 1 << 23

  var cursor: GGUFCursor
  var version = 0
  var alignment = 32
  var dataOffset: Int64 = 0
  var keys: [String] = []
  var metadata: [String: GGUFValue] = [:]
  var tensors: [GGUFFile.Tensor] = []
  var tensorIndex: [String: Int] = [:]

  init(_ cursor: GGUFCursor) { self.cursor = cursor }

  mutating func parse() throws(RuntimeError) {
    guard cursor.size >= 24 else {
      throw cursor.malformed("it has \(cursor.size) bytes, fewer than the 24 of a header")
    }
    guard try cursor.bytes(4, "the magic").elementsEqual(Self.magic) else {
      throw cursor.malformed("it does not begin with 'GGUF'")
    }
    version = Int(try cursor.integer(UInt32.self, "the version"))
    guard version == 2 || version == 3 else {
      throw cursor.malformed("its version is \(version), expected 2 or 3 (little-endian)")
    }
    // A tensor takes at least 33 bytes of header, a key with its value at least 14.
    let tensorCount = try cursor.count("tensors", minimum: 33)
    let keyCount = try cursor.count("keys", minimum: 14)
    for _ in 0..<keyCount { try parseKey() }
    try readAlignment()
    var relative: Int64 = 0
    var infos: [(info: TensorInfo, size: Int64)] = []
    for _ in 0..<tensorCount {
      let info = try parseTensor()
      guard info.offset == UInt64(relative) else {
        throw cursor.malformed(
          "tensor '\(info.name)' has offset \(info.offset), but the one before it ends at \(relative)"
        )
      }
      let size = try byteCount(info)
      let (end, overflow) = relative.addingReportingOverflow(size)
      guard !overflow, end <= cursor.size else {
        throw cursor.malformed(
          "tensor '\(info.name)' needs \(size) bytes, more than the file of \(cursor.size) has left"
        )
      }
      infos.append((info, size))
      relative = aligned(end)
    }
    dataOffset = aligned(cursor.offset)
    for (info, size) in infos {
      let offset = dataOffset + Int64(info.offset)
      guard offset + size <= cursor.size else {
        throw cursor.malformed(
          "the data of tensor '\(info.name)' ends at byte \(offset + size), "
            + "but the file has \(cursor.size): it is truncated")
      }
      tensorIndex[info.name] = tensors.count
      tensors.append(
        GGUFFile.Tensor(
          name: info.name, dimensions: info.dimensions, type: info.type, offset: offset, size: size)
      )
    }
  }

  // MARK: Metadata

  private mutating func parseKey() throws(RuntimeError) {
    let key = try text("a key", limit: 65_535)
    guard !key.isEmpty else { throw cursor.malformed("a key is empty") }
    let type = try valueType("key '\(key)'")
    let value = try parseValue(type, key)
    guard metadata.updateValue(value, forKey: key) == nil else {
      throw cursor.malformed("key '\(key)' occurs twice")
    }
    keys.append(key)
  }

  private mutating func valueType(_ what: String) throws(RuntimeError) -> GGUFValueType {
    let raw = try cursor.integer(UInt32.self, what)
    guard let type = GGUFValueType(rawValue: raw) else {
      throw cursor.malformed("\(what) has the unknown value type \(raw)")
    }
    return type
  }

  private mutating func parseValue(_ type: GGUFValueType, _ key: String) throws(RuntimeError)
    -> GGUFValue
  {
    switch type {
    case .string: return .string(try text("the value of '\(key)'", limit: 1 << 26))
    case .array: return .array(try parseArray(key))
    case .float32:
      return .float32(Float(bitPattern: try cursor.integer(UInt32.self, "'\(key)'")))
    case .float64:
      return .float64(Double(bitPattern: try cursor.integer(UInt64.self, "'\(key)'")))
    case .bool: return .bool(try parseBool(key))
    default:
      return .integer(type, bits: UInt64(bitPattern: try parseInteger(type, key)))
    }
  }

  private mutating func parseBool(_ key: String) throws(RuntimeError) -> Bool {
    let raw = try cursor.integer(UInt8.self, "'\(key)'")
    guard raw <= 1 else {
      throw cursor.malformed("'\(key)' is a truth value of \(raw), not 0 or 1")
    }
    return raw == 1
  }

  private mutating func parseInteger(_ type: GGUFValueType, _ key: String) throws(RuntimeError)
    -> Int64
  {
    switch type {
    case .uint8: Int64(try cursor.integer(UInt8.self, "'\(key)'"))
    case .int8: Int64(try cursor.integer(Int8.self, "'\(key)'"))
    case .uint16: Int64(try cursor.integer(UInt16.self, "'\(key)'"))
    case .int16: Int64(try cursor.integer(Int16.self, "'\(key)'"))
    case .uint32: Int64(try cursor.integer(UInt32.self, "'\(key)'"))
    case .int32: Int64(try cursor.integer(Int32.self, "'\(key)'"))
    default: try cursor.integer(Int64.self, "'\(key)'")
    }
  }

  private mutating func parseArray(_ key: String) throws(RuntimeError) -> GGUFArray {
    let type = try valueType("array '\(key)'")
    guard type != .array else { throw cursor.malformed("'\(key)' is an array of arrays") }
    let count = try cursor.count("elements of '\(key)'", minimum: type.width ?? 8)
    if type == .string { return try parseStrings(count, key) }
    if count > Self.keptNumbers, let width = type.width {
      try cursor.skip(Int64(count) * Int64(width), "'\(key)'")
      return GGUFArray(elementType: type, count: count, elements: .omitted)
    }
    if type == .bool {
      var values: [Bool] = []
      for _ in 0..<count { values.append(try parseBool(key)) }
      return GGUFArray(.bools(values), type: type)
    }
    if type.isInteger {
      var values: [Int64] = []
      values.reserveCapacity(count)
      for _ in 0..<count { values.append(try parseInteger(type, key)) }
      return GGUFArray(.integers(values), type: type)
    }
    var values: [Double] = []
    values.reserveCapacity(count)
    for _ in 0..<count {
      values.append(
        type == .float32
          ? Double(Float(bitPattern: try cursor.integer(UInt32.self, "'\(key)'")))
          : Double(bitPattern: try cursor.integer(UInt64.self, "'\(key)'")))
    }
    return GGUFArray(.floats(values), type: type)
  }

  private mutating func parseStrings(_ count: Int, _ key: String) throws(RuntimeError) -> GGUFArray
  {
    let keeps = count <= Self.keptStrings
    var strings = GGUFStrings()
    for index in 0..<count {
      let bytes = try cursor.string("element \(index) of '\(key)'")
      if keeps { strings.append(bytes) }
    }
    return GGUFArray(
      elementType: .string, count: count, elements: keeps ? .strings(strings) : .omitted)
  }

  private mutating func text(_ what: @autoclosure () -> String, limit: Int) throws(RuntimeError)
    -> String
  {
    let bytes = try cursor.string(what())
    guard bytes.count <= limit else {
      throw cursor.malformed("\(what()) has \(bytes.count) bytes, more than \(limit)")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw cursor.malformed("\(what()) is not UTF-8")
    }
    return text
  }

  private mutating func readAlignment() throws(RuntimeError) {
    guard let value = metadata["general.alignment"] else { return }
    guard value.type == .uint32, let number = value.int, (1...65_536).contains(number),
      number.nonzeroBitCount == 1
    else { throw cursor.malformed("general.alignment is no power of two up to 65536") }
    alignment = number
  }

  // MARK: Tensors

  private struct TensorInfo {
    let name: String
    let dimensions: [Int]
    let type: TensorType
    /// From the start of the data.
    let offset: UInt64
  }

  private mutating func parseTensor() throws(RuntimeError) -> TensorInfo {
    let name = try text("the name of a tensor", limit: 63)
    guard !name.isEmpty, !name.utf8.contains(0) else {
      throw cursor.malformed("a tensor has an empty name, or one with a zero byte")
    }
    // Zero marks a name that is taken; `parse` puts the index in its place.
    guard tensorIndex.updateValue(0, forKey: name) == nil else {
      throw cursor.malformed("tensor '\(name)' occurs twice")
    }
    let rank = try cursor.integer(UInt32.self, "tensor '\(name)'")
    guard (1...4).contains(rank) else {
      throw cursor.malformed("tensor '\(name)' has \(rank) dimensions, expected 1 to 4")
    }
    var dimensions: [Int] = []
    for _ in 0..<rank {
      let length = try cursor.integer(UInt64.self, "tensor '\(name)'")
      guard length >= 1, length <= UInt64(Int32.max) else {
        throw cursor.malformed("tensor '\(name)' has a dimension of \(length)")
      }
      dimensions.append(Int(length))
    }
    let raw = try cursor.integer(UInt32.self, "tensor '\(name)'")
    guard let type = TensorType(rawValue: raw) else {
      throw cursor.malformed("tensor '\(name)' has the unknown type \(raw)")
    }
    let offset = try cursor.integer(UInt64.self, "tensor '\(name)'")
    return TensorInfo(name: name, dimensions: dimensions, type: type, offset: offset)
  }

  private func byteCount(_ info: TensorInfo) throws(RuntimeError) -> Int64 {
    let block = info.type.block
    guard info.dimensions[0].isMultiple(of: block.elements) else {
      throw cursor.malformed(
        "tensor '\(info.name)' has rows of \(info.dimensions[0]) elements, "
          + "no multiple of the \(block.elements) in a block of \(info.type.label)")
    }
    var size = Int64(info.dimensions[0] / block.elements) * Int64(block.bytes)
    for length in info.dimensions.dropFirst() {
      let (product, overflow) = size.multipliedReportingOverflow(by: Int64(length))
      // Bounding by half the range keeps later sums from overflowing.
      guard !overflow, product < Int64.max / 2 else {
        throw cursor.malformed("tensor '\(info.name)' is larger than any file")
      }
      size = product
    }
    return size
  }

  private func aligned(_ offset: Int64) -> Int64 {
    let unit = Int64(alignment)
    return (offset + unit - 1) / unit * unit
  }
}
