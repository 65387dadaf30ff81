public import SystemPackage

/// Writes a GGUF file (version 3): equal content gives equal bytes.
///
/// Keys and tensors are written in the order in which they were added.
public struct GGUFWriter: Sendable {
  private struct PendingTensor: Sendable {
    let name: String
    let dimensions: [Int]
    let type: TensorType
    let data: [UInt8]
  }

  private static let alignment = 32
  private var keys: [(name: String, value: GGUFValue)] = []
  private var tensors: [PendingTensor] = []

  public init() {}

  /// Adds a key, or replaces its value in place.
  public mutating func set(_ key: String, _ value: GGUFValue) {
    if let index = keys.firstIndex(where: { $0.name == key }) {
      keys[index].value = value
    } else {
      keys.append((key, value))
    }
  }

  /// Adds a tensor.
  ///
  /// - Parameters:
  ///   - dimensions: in ggml's order, the length of a row first.
  ///   - data: as it lies in the file, little-endian, rows one after the other.
  /// - Throws: `runtime.invalid_request` where `data` has not the size that the shape needs.
  public mutating func add(_ name: String, dimensions: [Int], type: TensorType, data: [UInt8])
    throws(RuntimeError)
  {
    let expected = dimensions.reduce(1, *) / type.block.elements * type.block.bytes
    guard data.count == expected, (1...4).contains(dimensions.count), name.utf8.count <= 63,
      dimensions[0].isMultiple(of: type.block.elements)
    else {
      throw .invalidRequest(
        reason: "tensor '\(name)' of shape \(dimensions) and type \(type.label) takes "
          + "\(expected) bytes, found \(data.count)")
    }
    tensors.append(PendingTensor(name: name, dimensions: dimensions, type: type, data: data))
  }

  /// Adds a tensor of 32-bit floats.
  public mutating func add(_ name: String, dimensions: [Int], floats: [Float]) throws(RuntimeError)
  {
    var data: [UInt8] = []
    data.reserveCapacity(floats.count * 4)
    for value in floats { data.appendLittleEndian(value.bitPattern) }
    try add(name, dimensions: dimensions, type: .f32, data: data)
  }

  /// The whole file.
  public var bytes: [UInt8] {
    var out: [UInt8] = GGUFParser.magic
    out.appendLittleEndian(UInt32(3))
    out.appendLittleEndian(UInt64(tensors.count))
    out.appendLittleEndian(UInt64(keys.count))
    for (name, value) in keys {
      out.append(string: name.utf8)
      out.appendLittleEndian(value.type.rawValue)
      out.append(value: value)
    }
    var offset = 0
    for tensor in tensors {
      out.append(string: tensor.name.utf8)
      out.appendLittleEndian(UInt32(tensor.dimensions.count))
      for length in tensor.dimensions { out.appendLittleEndian(UInt64(length)) }
      out.appendLittleEndian(tensor.type.rawValue)
      out.appendLittleEndian(UInt64(offset))
      offset = Self.aligned(offset + tensor.data.count)
    }
    for tensor in tensors {
      out.append(contentsOf: repeatElement(0, count: Self.aligned(out.count) - out.count))
      out += tensor.data
    }
    out.append(contentsOf: repeatElement(0, count: Self.aligned(out.count) - out.count))
    return out
  }

  /// Writes the file, in place of any that is there.
  ///
  /// - Throws: `runtime.file_unwritable`.
  public func write(to path: FilePath) throws(RuntimeError) {
    do {
      let descriptor = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .truncate],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      try descriptor.closeAfter { _ = try descriptor.writeAll(bytes) }
    } catch {
      throw .fileUnwritable(path: path.string, reason: "\(error)")
    }
  }

  private static func aligned(_ count: Int) -> Int {
    (count + alignment - 1) / alignment * alignment
  }
}

extension [UInt8] {
  fileprivate mutating func appendLittleEndian(_ value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }

  fileprivate mutating func append(string: some Collection<UInt8>) {
    appendLittleEndian(UInt64(string.count))
    append(contentsOf: string)
  }

  fileprivate mutating func append(bits: UInt64, as type: GGUFValueType) {
    append(
      contentsOf: Swift.withUnsafeBytes(of: bits.littleEndian) { Array($0) }.prefix(type.width ?? 8)
    )
  }

  fileprivate mutating func append(value: GGUFValue) {
    switch value {
    case .integer(let type, let bits): append(bits: bits, as: type)
    case .float32(let number): appendLittleEndian(number.bitPattern)
    case .float64(let number): appendLittleEndian(number.bitPattern)
    case .bool(let truth): append(truth ? 1 : 0)
    case .string(let text): append(string: text.utf8)
    case .array(let array): append(array: array)
    }
  }

  private mutating func append(array: GGUFArray) {
    appendLittleEndian(array.elementType.rawValue)
    switch array.elements {
    case .strings(let strings):
      appendLittleEndian(UInt64(strings.count))
      for index in strings.indices { append(string: strings.bytes(index)) }
    case .integers(let values):
      appendLittleEndian(UInt64(values.count))
      for value in values { append(bits: UInt64(bitPattern: value), as: array.elementType) }
    case .floats(let values):
      appendLittleEndian(UInt64(values.count))
      for value in values {
        if array.elementType == .float32 {
          appendLittleEndian(Float(value).bitPattern)
        } else {
          appendLittleEndian(value.bitPattern)
        }
      }
    case .bools(let values):
      appendLittleEndian(UInt64(values.count))
      for value in values { append(value ? 1 : 0) }
    case .omitted:
      appendLittleEndian(UInt64(0))
    }
  }
}
