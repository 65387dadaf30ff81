internal import CLlama

extension TensorGraph {
  /// The matrix product `W·x`: each column of `x` against each row of `weight`.
  ///
  /// - Parameters:
  ///   - weight: `[k, m, b2, b3]`; may be broadcast over the last two dimensions of `x`.
  ///   - x: `[k, n, B2, B3]`.
  /// - Returns: `[m, n, B2, B3]`.
  public func product(_ weight: GraphTensor, _ x: GraphTensor) throws -> GraphTensor {
    let (w, v) = (weight.shape, x.shape)
    return try append(
      "product", weight, x,
      expecting: "F32 [k, m, b2, b3] with contiguous rows and [k, n, c·b2, d·b3]",
      where: weight.element == .f32 && x.element == .f32 && w[0] == v[0] && v[2] % w[2] == 0
        && v[3] % w[3] == 0 && weight.hasContiguousRows && x.hasContiguousRows
    ) { ggml_mul_mat(context, weight.handle, x.handle) }
  }

  /// The sum over tokens of outer products, `Σₜ a[:, t] ⊗ b[:, t]`: what a weight's gradient is.
  ///
  /// - Parameters:
  ///   - a: `[m, t]`.
  ///   - b: `[n, t]`; n should be the smaller, such as a LoRA rank.
  /// - Returns: `[m, n]`.
  public func outerProduct(_ a: GraphTensor, _ b: GraphTensor) throws -> GraphTensor {
    try append(
      "outerProduct", a, b, expecting: "contiguous F32 [m, t] and [n, t]",
      where: a.element == .f32 && b.element == .f32 && a.isContiguous && b.isContiguous
        && a.shape[1] == b.shape[1] && a.shape.rows == a.shape[1] && b.shape.rows == b.shape[1]
    ) { ggml_out_prod(context, a.handle, b.handle) }
  }
}

extension GraphTensor {
  /// Whether the elements of a row lie side by side.
  var hasContiguousRows: Bool { ggml_is_contiguous_rows(handle) }
}
