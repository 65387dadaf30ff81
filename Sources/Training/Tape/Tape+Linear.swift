import ModelRuntime

/// A weight that is never changed, kept in both orientations because ggml multiplies rows only.
struct FrozenWeight {
  /// `[in, out]`, as GGUF has it.
  let forward: GraphTensor
  /// `[out, in]`, for the gradient of the input.
  let backward: GraphTensor
  /// `[out]`; nil for none.
  var bias: GraphTensor? = nil
}

/// The trainable low-rank update of one weight: `ΔW = (alpha / rank) · B·A`.
///
/// - SeeAlso: Hu et al., arXiv:2106.09685, §4.1.
struct LowRankPair {
  /// `A`, `[in, rank]`.
  let a: Tape.Variable
  /// `B`, `[rank, out]`.
  let b: Tape.Variable
  /// alpha / rank.
  let scale: Float
  /// `[in, tokens]`, what A's input is multiplied by; nil for 1 everywhere.
  var dropout: GraphTensor? = nil
}

extension Tape {
  /// `W·x + bias + scale · B·(A·(dropout ∘ x))`.
  ///
  /// - Parameter x: `[in, tokens]`.
  /// - Returns: `[out, tokens]`.
  func linear(_ x: Variable, _ weight: FrozenWeight, adapter: LowRankPair? = nil) throws
    -> Variable
  {
    var y = try graph.product(weight.forward, x.value)  // [out, tokens]
    if let bias = weight.bias { y = try graph.add(y, bias) }
    guard let adapter else {
      let output = result(y, of: x)
      onBackward(of: output) { [self] gradient in
        try accumulate(x) { try graph.product(weight.backward, gradient) }
      }
      return output
    }
    // Scaling the narrow intermediate is cheaper than scaling the output.
    let input = try adapter.dropout.map { try graph.multiply(x.value, $0) } ?? x.value
    let down = try graph.scale(
      graph.product(adapter.a.value, input), by: adapter.scale)  // [rank, tokens]
    y = try graph.add(y, graph.product(adapter.b.value, down))
    let output = result(y, of: x, adapter.a, adapter.b)
    onBackward(of: output) { [self] gradient in  // [out, tokens]
      // B is [rank, out] and its transpose [out, rank]: rows must be what is summed over.
      let downGradient = try graph.scale(
        graph.product(graph.transposed(adapter.b.value), gradient), by: adapter.scale)
      // The long side first: the outer product is vectorised along it.
      try accumulate(adapter.b) { try graph.transposed(graph.outerProduct(gradient, down)) }
      try accumulate(adapter.a) { try graph.outerProduct(input, downGradient) }
      try accumulate(x) {
        let low = try graph.product(graph.transposed(adapter.a.value), downGradient)
        return try graph.add(
          graph.product(weight.backward, gradient),
          adapter.dropout.map { try graph.multiply(low, $0) } ?? low)
      }
    }
    return output
  }
}
