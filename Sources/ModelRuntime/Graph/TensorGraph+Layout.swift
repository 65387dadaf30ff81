internal import CLlama

extension TensorGraph {
  /// The same elements under another shape.
  public func reshape(_ x: GraphTensor, to shape: TensorShape) throws -> GraphTensor {
    try append(
      "reshape", x, expecting: "a contiguous tensor of as many elements as \(shape)",
      where: x.isContiguous && shape.isRepresentable && shape.count == x.shape.count
    ) {
      ggml_reshape_4d(
        context, x.handle, Int64(shape[0]), Int64(shape[1]), Int64(shape[2]), Int64(shape[3]))
    }
  }

  /// A contiguous copy whose dimension `order[i]` is dimension `i` of `x`.
  public func permuted(_ x: GraphTensor, _ order: SIMD4<Int>) throws -> GraphTensor {
    let isPermutation = Set((0..<4).map { order[$0] }) == [0, 1, 2, 3]
    let view = try append(
      "permuted", x, expecting: "F32 and a permutation of 0, 1, 2, 3",
      where: x.element == .f32 && isPermutation
    ) {
      ggml_permute(
        context, x.handle, Int32(order[0]), Int32(order[1]), Int32(order[2]), Int32(order[3]))
    }
    return try append("permuted", view, expecting: "a tensor", where: true) {
      ggml_cont(context, view.handle)
    }
  }

  /// A contiguous copy with the first two dimensions exchanged.
  public func transposed(_ x: GraphTensor) throws -> GraphTensor {
    try permuted(x, SIMD4(1, 0, 2, 3))
  }

  /// A part of a contiguous tensor, seen under a shape of its own.
  ///
  /// - Parameter offset: in elements.
  public func view(_ x: GraphTensor, at offset: Int, as shape: TensorShape) throws -> GraphTensor {
    try append(
      "view", x, expecting: "a contiguous tensor with \(shape.count) elements from \(offset)",
      where: x.isContiguous && shape.isRepresentable && offset >= 0
        && offset + shape.count <= x.shape.count
    ) {
      let row = shape[0] * 4
      return ggml_view_4d(
        context, x.handle, Int64(shape[0]), Int64(shape[1]), Int64(shape[2]), Int64(shape[3]),
        row, row * shape[1], row * shape[1] * shape[2], offset * 4)
    }
  }

  /// The rows of `table` that `indices` name.
  ///
  /// - Parameters:
  ///   - table: F32 `[columns, rows]`.
  ///   - indices: I32 `[n]`; the caller keeps every value in `0..<rows`.
  /// - Returns: `[columns, n]`.
  public func rows(of table: GraphTensor, at indices: GraphTensor) throws -> GraphTensor {
    try append(
      "rows", table, indices, expecting: "contiguous F32 [columns, rows] and I32 [n]",
      where: table.element == .f32 && table.isContiguous && table.shape.rows == table.shape[1]
        && indices.element == .i32 && indices.shape.rows == 1
    ) { ggml_get_rows(context, table.handle, indices.handle) }
  }

  /// Zeros of the shape of `table`, with row `i` of `values` added to row `indices[i]`.
  public func scatteredRows(
    _ values: GraphTensor, at indices: GraphTensor, into table: GraphTensor
  ) throws -> GraphTensor {
    try append(
      "scatteredRows", values, indices, table,
      expecting: "contiguous F32 [columns, n], I32 [n] and [columns, rows]",
      where: values.element == .f32 && values.isContiguous && indices.element == .i32
        && indices.shape.rows == 1 && values.shape[1] == indices.shape[0]
        && values.shape.rows == values.shape[1] && table.shape.rows == table.shape[1]
        && values.shape[0] == table.shape[0]
    ) { ggml_get_rows_back(context, values.handle, indices.handle, table.handle) }
  }

  /// Copies `source` into the memory of `destination`.
  public func copy(_ source: GraphTensor, into destination: GraphTensor) throws -> GraphTensor {
    try append(
      "copy", source, destination, expecting: "two F32 tensors of as many elements",
      where: source.element == .f32 && destination.element == .f32
        && source.shape.count == destination.shape.count
    ) { ggml_cpy(context, source.handle, destination.handle) }
  }
}
