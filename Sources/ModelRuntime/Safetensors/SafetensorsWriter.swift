internal import JSON
public import SystemPackage

/// Writes a safetensors file of F32 tensors: equal content gives equal bytes.
public struct SafetensorsWriter: Sendable {
  private var tensors: [String: (shape: [Int], values: [Float])] = [:]
  /// What `__metadata__` will hold.
  public var metadata: [String: String]

  /// - Parameter metadata: `format: pt` is what PyTorch's readers ask for.
  public init(metadata: [String: String] = ["format": "pt"]) { self.metadata = metadata }

  /// Adds a tensor, or replaces the one of its name.
  ///
  /// - Parameters:
  ///   - shape: the slowest dimension first.
  ///   - values: as many as the product of the dimensions.
  /// - Throws: `runtime.invalid_request` where they are not.
  public mutating func add(_ name: String, shape: [Int], values: [Float]) throws(RuntimeError) {
    guard shape.reduce(1, *) == values.count, !name.isEmpty, name != "__metadata__" else {
      throw .invalidRequest(
        reason: "tensor '\(name)' of shape \(shape) takes \(shape.reduce(1, *)) values, "
          + "found \(values.count)")
    }
    tensors[name] = (shape, values)
  }

  /// The whole file: tensors by the bytes of their names, the header padded to a multiple of eight.
  public var bytes: [UInt8] {
    let sorted = tensors.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    var header: [String: JSONValue] = [
      "__metadata__": .object(metadata.mapValues { .string($0) })
    ]
    var offset = 0
    for (name, tensor) in sorted {
      let end = offset + tensor.values.count * 4
      header[name] = [
        "dtype": "F32", "shape": .array(tensor.shape.map { .integer($0) }),
        "data_offsets": [.integer(offset), .integer(end)],
      ]
      offset = end
    }
    var text = JSONValue.object(header).canonicalBytes
    text += [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    var out: [UInt8] = []
    out.reserveCapacity(8 + text.count + offset)
    out.appendLittleEndian(UInt64(text.count))
    out += text
    for (_, tensor) in sorted {
      for value in tensor.values { out.appendLittleEndian(value.bitPattern) }
    }
    return out
  }

  /// Writes the file, in place of any that is there.
  ///
  /// - Throws: `runtime.file_unwritable`.
  public func write(to path: FilePath) throws(RuntimeError) { try WholeFile.write(bytes, to: path) }
}
