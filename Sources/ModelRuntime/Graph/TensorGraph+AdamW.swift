internal import CLlama

extension TensorGraph {
  /// One AdamW step, in place: updates `parameters`, `mean` and `variance`.
  ///
  /// - Parameters:
  ///   - parameters: a tensor of an arena; likewise `mean` and `variance`, the two moments.
  ///   - settings: `[7]`: learning rate, β₁, β₂, ε, weight decay, 1/(1−β₁ᵗ), 1/(1−β₂ᵗ).
  /// - SeeAlso: Loshchilov and Hutter, arXiv:1711.05101, algorithm 2.
  public func adamWStep(
    parameters: GraphTensor, gradient: GraphTensor, mean: GraphTensor, variance: GraphTensor,
    settings: GraphTensor
  ) throws -> GraphTensor {
    let tensors = [parameters, gradient, mean, variance]
    return try append(
      "adamWStep", parameters, gradient, mean, variance, settings,
      expecting: "four contiguous F32 tensors of one shape and [7]",
      where: tensors.allSatisfy {
        $0.element == .f32 && $0.isContiguous && $0.shape == parameters.shape
      } && settings.shape == TensorShape(7) && settings.element == .f32
        && parameters.handle.pointee.op == GGML_OP_NONE
    ) {
      ggml_set_param(parameters.handle)
      return ggml_opt_step_adamw(
        context, parameters.handle, gradient.handle, mean.handle, variance.handle,
        settings.handle)
    }
  }
}
