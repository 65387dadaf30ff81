import ModelRuntime

extension Tape {
  /// `a + b`, of one shape: a residual connection.
  func add(_ a: Variable, _ b: Variable) throws -> Variable {
    let output = result(try graph.add(a.value, b.value), of: a, b)
    onBackward(of: output) { [self] gradient in
      try accumulate(a) { gradient }
      try accumulate(b) { gradient }
    }
    return output
  }

  /// `silu(gate) · up`.
  ///
  /// - SeeAlso: Shazeer, arXiv:2002.05202.
  func swiglu(gate: Variable, up: Variable) throws -> Variable {
    let output = result(try graph.swiglu(gate: gate.value, up: up.value), of: gate, up)
    onBackward(of: output) { [self] gradient in
      try accumulate(gate) {
        try graph.siluBackward(graph.multiply(gradient, up.value), at: gate.value)
      }
      try accumulate(up) { try graph.multiply(gradient, graph.silu(gate.value)) }
    }
    return output
  }

  /// `x / rms(x) · gain` over each row, the gain being frozen.
  ///
  /// - Parameters:
  ///   - x: `[features, tokens]`.
  ///   - gain: `[features]`.
  func rmsNorm(_ x: Variable, gain: GraphTensor, epsilon: Float) throws -> Variable {
    let normalised = try graph.rmsNorm(x.value, epsilon: epsilon)
    let output = result(try graph.multiply(normalised, gain), of: x)
    onBackward(of: output) { [self] gradient in
      try accumulate(x) {
        try graph.rmsNormBackward(graph.multiply(gradient, gain), at: x.value, epsilon: epsilon)
      }
    }
    return output
  }

  /// The columns of `x` (`[features, tokens]`) that `indices` (`[n]`) name: `[features, n]`.
  func select(_ x: Variable, at indices: GraphTensor) throws -> Variable {
    let output = result(try graph.rows(of: x.value, at: indices), of: x)
    onBackward(of: output) { [self] gradient in
      try accumulate(x) { try graph.scatteredRows(gradient, at: indices, into: x.value) }
    }
    return output
  }

  /// The same elements under another shape.
  func reshape(_ x: Variable, to shape: TensorShape) throws -> Variable {
    let output = result(try graph.reshape(x.value, to: shape), of: x)
    onBackward(of: output) { [self] gradient in
      try accumulate(x) { try graph.reshape(gradient, to: x.shape) }
    }
    return output
  }

  /// Rotary positions.
  ///
  /// - Parameter x: `[head, heads, tokens]`.
  func rotate(
    _ x: Variable, by rotary: RotaryEmbedding, positions: GraphTensor, factors: GraphTensor?
  ) throws -> Variable {
    let value = try graph.rotate(x.value, by: rotary, positions: positions, factors: factors)
    let output = result(value, of: x)
    onBackward(of: output) { [self] gradient in
      try accumulate(x) {
        try graph.rotate(
          gradient, by: rotary, positions: positions, factors: factors, inverse: true)
      }
    }
    return output
  }
}
