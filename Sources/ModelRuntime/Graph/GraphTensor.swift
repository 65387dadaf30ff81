internal import CLlama

/// The element types that graphs compute with.
public enum GraphElement: Sendable, Hashable {
  case f32
  case i32
  /// Only kernels compute with it.
  case bf16

  /// Bytes of one element.
  public var size: Int { self == .bf16 ? 2 : 4 }

  var ggmlType: ggml_type {
    switch self {
    case .f32: GGML_TYPE_F32
    case .i32: GGML_TYPE_I32
    case .bf16: GGML_TYPE_BF16
    }
  }
}

/// A tensor of an arena or a graph; keeps its owner alive.
public struct GraphTensor {
  let handle: UnsafeMutablePointer<ggml_tensor>
  /// The `TensorArena` or `TensorGraph` whose memory `handle` points into.
  let owner: AnyObject
  public let shape: TensorShape
  public let element: GraphElement

  init(_ handle: UnsafeMutablePointer<ggml_tensor>, owner: AnyObject) {
    self.handle = handle
    self.owner = owner
    let ne = handle.pointee.ne
    shape = TensorShape(Int(ne.0), Int(ne.1), Int(ne.2), Int(ne.3))
    element =
      switch handle.pointee.type {
      case GGML_TYPE_I32: .i32
      case GGML_TYPE_BF16: .bf16
      default: .f32
      }
  }

  /// At most 63 bytes; empty where none was given.
  public var name: String { String(cString: ggml_get_name(handle)) }

  /// Whether the elements lie in memory in the order of the shape, without gaps.
  public var isContiguous: Bool { ggml_is_contiguous(handle) }

  /// Copies values into the tensor's memory.
  public func write(_ values: [Float]) throws { try write(values, of: .f32) }

  /// Copies values into the tensor's memory.
  public func write(_ values: [Int32]) throws { try write(values, of: .i32) }

  /// Copies `count` values to `values[0..<count]` of the tensor's rows beginning at element `offset`.
  public func write(_ values: UnsafeRawBufferPointer, at offset: Int = 0) throws {
    try checkAccess(of: element)
    let size = element.size
    guard offset >= 0, offset * size + values.count <= shape.count * size else {
      throw GraphError.countMismatch(
        tensor: name, expected: shape.count, found: offset + values.count / size)
    }
    ggml_backend_tensor_set(handle, values.baseAddress, offset * size, values.count)
  }

  private func write<Value>(_ values: [Value], of element: GraphElement) throws {
    try checkAccess(of: element)
    guard values.count == shape.count else {
      throw GraphError.countMismatch(tensor: name, expected: shape.count, found: values.count)
    }
    values.withUnsafeBytes { ggml_backend_tensor_set(handle, $0.baseAddress, 0, $0.count) }
  }

  /// A copy of the tensor's values.
  public func floats() throws -> [Float] {
    try checkAccess(of: .f32)
    return [Float](unsafeUninitializedCapacity: shape.count) { buffer, count in
      ggml_backend_tensor_get(handle, buffer.baseAddress, 0, shape.count * 4)
      count = shape.count
    }
  }

  private func checkAccess(of wanted: GraphElement) throws {
    guard element == wanted else {
      throw GraphError.shapeMismatch(
        operation: "access", expected: "\(wanted) elements", found: "\(element) in '\(name)'")
    }
    guard handle.pointee.buffer != nil, handle.pointee.data != nil else {
      throw GraphError.outOfOrder("the tensor '\(name)' has no memory yet")
    }
    guard isContiguous else {
      throw GraphError.outOfOrder("the tensor '\(name)' is not contiguous")
    }
  }
}

extension GraphTensor {
  /// Copies a row-major matrix of `rows` × `columns` into a tensor of shape `[rows, columns]`.
  public func write(transposing values: [Float], rows: Int, columns: Int) throws {
    guard values.count == shape.count, shape == TensorShape(rows, columns) else {
      throw GraphError.countMismatch(tensor: name, expected: shape.count, found: values.count)
    }
    let turned = [Float](unsafeUninitializedCapacity: values.count) { target, count in
      values.withUnsafeBufferPointer { source in
        // Tiles keep both sides in the cache.
        let tile = 32
        for firstRow in stride(from: 0, to: rows, by: tile) {
          for firstColumn in stride(from: 0, to: columns, by: tile) {
            for row in firstRow..<min(firstRow + tile, rows) {
              for column in firstColumn..<min(firstColumn + tile, columns) {
                target[column * rows + row] = source[row * columns + column]
              }
            }
          }
        }
      }
      count = values.count
    }
    try write(turned)
  }
}
