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

  private var keys: [(name: String, value: GGUFValue)] = []
  private var tensors: [PendingTensor] = []

  public init() {}

  /// Adds a key, or replaces its value in place.
  public mutating func set(_ key: String, _ value: GGUFValue) { keys.set(key, value) }

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
    let header = GGUFHeader(
      keys: keys,
      tensors: tensors.map {
        GGUFHeader.Tensor(name: $0.name, dimensions: $0.dimensions, type: $0.type)
      })
    var out = header.bytes
    for tensor in tensors {
      out += tensor.data
      out.append(contentsOf: repeatElement(0, count: header.padding(after: out.count)))
    }
    return out
  }

  /// Writes the file, in place of any that is there.
  ///
  /// - Throws: `runtime.file_unwritable`.
  public func write(to path: FilePath) throws(RuntimeError) { try WholeFile.write(bytes, to: path) }
}
