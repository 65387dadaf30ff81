/// What a GGUF file (version 3) has before the data of its tensors.
struct GGUFHeader {
  struct Tensor {
    let name: String
    /// In ggml's order, the length of a row first.
    let dimensions: [Int]
    let type: TensorType

    /// Bytes of its data, without padding.
    var size: Int {
      dimensions.reduce(1, *) / type.block.elements * type.block.bytes
    }
  }

  /// In the order of the file.
  let keys: [(name: String, value: GGUFValue)]
  /// In the order of the file.
  let tensors: [Tensor]

  /// What tensors begin at multiples of, in bytes: the metadata's own word, else the format's default.
  var alignment: Int {
    let said = keys.last { $0.name == "general.alignment" }?.value.int ?? 32
    return said > 0 ? said : 32
  }

  /// How many zeros bring `count` bytes to the next boundary.
  func padding(after count: Int) -> Int { (alignment - count % alignment) % alignment }

  /// Everything up to the first tensor's data.
  var bytes: [UInt8] {
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
      offset += tensor.size
      offset += padding(after: offset)
    }
    out.append(contentsOf: repeatElement(0, count: padding(after: out.count)))
    return out
  }
}

extension [UInt8] {
  mutating func appendLittleEndian(_ value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }

  fileprivate mutating func append(string: some Collection<UInt8>) {
    appendLittleEndian(UInt64(string.count))
    append(contentsOf: string)
  }

  private mutating func append(bits: UInt64, as type: GGUFValueType) {
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
