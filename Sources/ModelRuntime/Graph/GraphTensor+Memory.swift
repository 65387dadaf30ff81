internal import CLlama

extension GraphTensor {
  /// Where the tensor's numbers lie, for kernels that read it besides their inputs; nil before its
  /// arena was allocated. Whoever keeps it keeps the arena.
  public var memory: UnsafeMutableRawPointer? { handle.pointee.data }

  /// Fills the tensor's memory with zeros.
  public func clear() throws {
    guard handle.pointee.buffer != nil, handle.pointee.data != nil else {
      throw GraphError.outOfOrder("the tensor '\(name)' has no memory yet")
    }
    ggml_backend_tensor_memset(handle, 0, 0, ggml_nbytes(handle))
  }
}

extension TensorArena {
  /// Declares a stretch of a contiguous tensor as a tensor of its own: the same memory.
  ///
  /// - Parameters:
  ///   - tensor: declared in this arena, or of one that was allocated.
  ///   - offset: in elements.
  public func part(of tensor: GraphTensor, at offset: Int, as shape: TensorShape) throws
    -> GraphTensor
  {
    guard tensor.isContiguous, shape.isRepresentable, offset >= 0,
      offset + shape.count <= tensor.shape.count
    else {
      throw GraphError.shapeMismatch(
        operation: "part",
        expected: "a contiguous tensor with \(shape.count) elements from \(offset)",
        found: "\(tensor.shape)")
    }
    let row = shape[0] * tensor.element.size
    return try declare(keeping: tensor.owner) { context in
      let handle = ggml_view_4d(
        context, tensor.handle, Int64(shape[0]), Int64(shape[1]), Int64(shape[2]),
        Int64(shape[3]), row, row * shape[1], row * shape[1] * shape[2],
        offset * tensor.element.size)
      // A leaf and no operation: graphs read it, and nothing has to be computed for it.
      handle?.pointee.op = GGML_OP_NONE
      handle?.pointee.src.0 = nil
      return handle
    }
  }
}
