import Kernels
import ModelRuntime

/// Where the gradients of a norm's numbers go.
struct NormSlots {
  let gain: GradientSlot
  /// Nil for a norm without a bias.
  let bias: GradientSlot?
}

/// Where the gradients of the gains of head norms go.
struct HeadNormSlots {
  let query: GradientSlot
  let key: GradientSlot
}

extension Tape {
  /// Adds the gradients of a norm's gain and bias, where these are trained.
  ///
  /// - Parameters:
  ///   - gradient: F32 `[width, rows]`, of the norm's result.
  ///   - x: F32 `[width, rows]`, what was normed.
  func normGradients(
    _ gradient: GraphTensor, at x: GraphTensor, _ norm: DenseNorm, _ rows: DenseRows
  ) throws {
    guard let slots = norm.slots else { return }
    let width = x.shape[0]
    let targets = [slots.gain, slots.bias].compactMap { $0 }.map { (slot: $0, count: width) }
    try addRowSums(to: targets, [gradient, x], rows) { call, rows, sums in
      if slots.bias != nil {
        LayerNorm.addGainGradient(
          call.inputs[0], at: call.inputs[1], epsilon: norm.epsilon, width: width, rows: rows,
          to: sums, bias: sums + width)
      } else {
        RootMeanSquareNorm.addGainGradient(
          call.inputs[0], at: call.inputs[1], epsilon: norm.epsilon, width: width, rows: rows,
          to: sums)
      }
    }
  }

  /// Takes the norms of heads back, and adds the gradients of their gains.
  ///
  /// - Parameters:
  ///   - gradient: `[width, tokens]`, of what the norms gave.
  ///   - x: `[width, tokens]`, what was normed.
  /// - Returns: the gradient in `x`.
  func headNormsBackward(
    _ gradient: GraphTensor, at x: GraphTensor, _ norms: HeadNorms, _ slots: HeadNormSlots,
    _ extents: AttentionExtents
  ) throws -> GraphTensor {
    let (batch, element, head) = (dense, x.element, extents.head)
    try addRowSums(
      to: [(slots.query, head), (slots.key, head)], [gradient, x], .tokens
    ) { call, rows, sums in
      for (index, heads) in extents.normed.enumerated() {
        HeadNorm.addGainGradient(
          call.inputs[0], at: call.inputs[1], element.kernel, heads, rows: rows,
          epsilon: norms.epsilon, to: sums + index * head)
      }
    }
    return try graph.kernel(
      "headNormsBackward", x.shape, element, inputs: [gradient, x, norms.query, norms.key]
    ) { call in
      let share = call.share(of: batch.tokens)
      let bytes = extents.width * element.size
      (call.output + share.lowerBound * bytes).copyMemory(
        from: call.inputs[0] + share.lowerBound * bytes, byteCount: share.count * bytes)
      for (gain, heads) in zip(call.inputs.suffix(2), extents.normed) {
        HeadNorm.backward(
          call.output, at: call.inputs[1], element.kernel, heads, rows: share, gain: gain,
          epsilon: norms.epsilon)
      }
    }
  }
}
