internal import CLlama

// All operands are contiguous F32.
extension TensorGraph {
  /// `a + b`; `b` is repeated to the shape of `a`.
  public func add(_ a: GraphTensor, _ b: GraphTensor) throws -> GraphTensor {
    try broadcasting("add", a, b) { ggml_add(context, a.handle, b.handle) }
  }

  /// `a − b`; `b` is repeated to the shape of `a`.
  public func subtract(_ a: GraphTensor, _ b: GraphTensor) throws -> GraphTensor {
    try broadcasting("subtract", a, b) { ggml_sub(context, a.handle, b.handle) }
  }

  /// `a · b`, element by element; `b` is repeated to the shape of `a`.
  public func multiply(_ a: GraphTensor, _ b: GraphTensor) throws -> GraphTensor {
    try broadcasting("multiply", a, b) { ggml_mul(context, a.handle, b.handle) }
  }

  /// `a · b` in the memory of `a`, a tensor of an arena; `b` is repeated to the shape of `a`.
  public func multiplyInPlace(_ a: GraphTensor, _ b: GraphTensor) throws -> GraphTensor {
    try broadcasting("multiplyInPlace", a, b) { ggml_mul_inplace(context, a.handle, b.handle) }
  }

  /// `factor · a`.
  public func scale(_ a: GraphTensor, by factor: Float) throws -> GraphTensor {
    try unary("scale", a) { ggml_scale(context, a.handle, factor) }
  }

  /// `x / (1 + e⁻ˣ)`.
  public func silu(_ x: GraphTensor) throws -> GraphTensor {
    try unary("silu", x) { ggml_silu(context, x.handle) }
  }

  /// The gradient of `silu` at `x`, times `gradient`.
  public func siluBackward(_ gradient: GraphTensor, at x: GraphTensor) throws -> GraphTensor {
    try sameShape("siluBackward", gradient, x) {
      ggml_silu_back(context, gradient.handle, x.handle)
    }
  }

  /// `silu(gate) · up`.
  public func swiglu(gate: GraphTensor, up: GraphTensor) throws -> GraphTensor {
    try sameShape("swiglu", gate, up) { ggml_swiglu_split(context, gate.handle, up.handle) }
  }

  /// The natural logarithm.
  public func log(_ x: GraphTensor) throws -> GraphTensor {
    try unary("log", x) { ggml_log(context, x.handle) }
  }

  /// `max(x, minimum)`.
  public func clamp(_ x: GraphTensor, from minimum: Float) throws -> GraphTensor {
    try unary("clamp", x) { ggml_clamp(context, x.handle, minimum, .greatestFiniteMagnitude) }
  }

  /// `x²`.
  public func square(_ x: GraphTensor) throws -> GraphTensor {
    try unary("square", x) { ggml_sqr(context, x.handle) }
  }

  /// The sum of all elements, `[1]`.
  public func sum(_ x: GraphTensor) throws -> GraphTensor {
    try unary("sum", x) { ggml_sum(context, x.handle) }
  }

  /// Appends an operation on one contiguous F32 tensor.
  func unary(
    _ operation: String, _ x: GraphTensor, _ make: () -> UnsafeMutablePointer<ggml_tensor>?
  ) throws -> GraphTensor {
    try append(
      operation, x, expecting: "contiguous F32", where: x.element == .f32 && x.isContiguous, make)
  }

  /// Appends an operation on two contiguous F32 tensors of one shape.
  func sameShape(
    _ operation: String, _ a: GraphTensor, _ b: GraphTensor,
    _ make: () -> UnsafeMutablePointer<ggml_tensor>?
  ) throws -> GraphTensor {
    try append(
      operation, a, b, expecting: "two contiguous F32 tensors of one shape",
      where: a.element == .f32 && b.element == .f32 && a.shape == b.shape && a.isContiguous
        && b.isContiguous, make)
  }

  private func broadcasting(
    _ operation: String, _ a: GraphTensor, _ b: GraphTensor,
    _ make: () -> UnsafeMutablePointer<ggml_tensor>?
  ) throws -> GraphTensor {
    try append(
      operation, a, b, expecting: "contiguous F32, the second repeating into the first",
      where: a.element == .f32 && b.element == .f32 && a.isContiguous && b.isContiguous
        && b.shape.repeats(into: a.shape), make)
  }
}
