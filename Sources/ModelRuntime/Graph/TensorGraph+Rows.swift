internal import CLlama

// Operations on each row (ne0 elements) of a tensor.
extension TensorGraph {
  /// `x / √(mean(x²) + ε)` over each row.
  ///
  /// - SeeAlso: Zhang and Sennrich, arXiv:1910.07467.
  public func rmsNorm(_ x: GraphTensor, epsilon: Float) throws -> GraphTensor {
    try append(
      "rmsNorm", x, expecting: "contiguous F32 and ε ≥ 0",
      where: x.element == .f32 && x.isContiguous && epsilon >= 0
    ) { ggml_rms_norm(context, x.handle, epsilon) }
  }

  /// The gradient of `rmsNorm` at `x`, applied to `gradient`.
  public func rmsNormBackward(_ gradient: GraphTensor, at x: GraphTensor, epsilon: Float) throws
    -> GraphTensor
  {
    try sameShape("rmsNormBackward", gradient, x) {
      ggml_rms_norm_back(context, gradient.handle, x.handle, epsilon)
    }
  }

  /// `softmax(scale · x + mask)` over each row.
  ///
  /// - Parameters:
  ///   - x: contiguous `[columns, rows, heads, blocks]`.
  ///   - mask: `[columns, rows, 1 or heads, 1 or blocks]`; 0 or −∞, not all −∞ in a row.
  public func softmax(_ x: GraphTensor, mask: GraphTensor? = nil, scale: Float = 1) throws
    -> GraphTensor
  {
    let maskFits =
      mask.map {
        $0.element == .f32 && $0.isContiguous && $0.shape[0] == x.shape[0]
          && $0.shape[1] == x.shape[1] && x.shape[2] % $0.shape[2] == 0
          && x.shape[3] % $0.shape[3] == 0
      } ?? true
    return try append(
      "softmax", x, mask ?? x, expecting: "contiguous F32 and a mask of the same columns and rows",
      where: x.element == .f32 && x.isContiguous && maskFits
    ) { ggml_soft_max_ext(context, x.handle, mask?.handle, scale, 0) }
  }

  /// The gradient of `softmax(scale · x)` in `x`, given its result.
  public func softmaxBackward(
    _ gradient: GraphTensor, probabilities: GraphTensor, scale: Float = 1
  ) throws -> GraphTensor {
    try sameShape("softmaxBackward", gradient, probabilities) {
      ggml_soft_max_ext_back(context, gradient.handle, probabilities.handle, scale, 0)
    }
  }
}
