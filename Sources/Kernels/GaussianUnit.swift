/// `gelu(x)` with the hyperbolic tangent: `x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))`.
///
/// - SeeAlso: Hendrycks and Gimpel, arXiv:1606.08415.
public enum GaussianUnit {
  /// - Parameters:
  ///   - x: `count` numbers; `output` likewise.
  public static func forward(
    _ x: UnsafeRawPointer, count: Int, into output: UnsafeMutableRawPointer,
    _ element: KernelElement
  ) {
    switch element {
    case .f32: forward(x.of(Float.self), count, output.of(Float.self))
    case .bf16: forward(x.of(BrainFloat.self), count, output.of(BrainFloat.self))
    }
  }

  private static func forward<Element: Stored>(
    _ x: Source<Element>, _ count: Int, _ output: Target<Element>
  ) {
    for index in 0..<count { output[index] = Element(gelu(x[index].float)) }
  }

  /// The gradient in `x`; as many numbers of all three.
  public static func backward(
    _ gradient: UnsafeRawPointer, at x: UnsafeRawPointer, count: Int,
    into output: UnsafeMutableRawPointer, _ element: KernelElement
  ) {
    switch element {
    case .f32: backward(gradient.of(Float.self), x.of(Float.self), count, output.of(Float.self))
    case .bf16:
      backward(
        gradient.of(BrainFloat.self), x.of(BrainFloat.self), count, output.of(BrainFloat.self))
    }
  }

  private static func backward<Element: Stored>(
    _ gradient: Source<Element>, _ x: Source<Element>, _ count: Int, _ output: Target<Element>
  ) {
    for index in 0..<count {
      output[index] = Element(gradient[index].float * geluSlope(x[index].float))
    }
  }
}

/// `√(2/π) · (x + 0.044715 x³)`, twice: the sigmoid of it is `(1 + tanh) / 2`.
@inline(__always) private func doubledAngle(_ x: Float) -> Float {
  2 * 0.797_884_56 * (x + 0.044_715 * x * x * x)
}

@inline(__always) func gelu(_ x: Float) -> Float { x * sigmoid(doubledAngle(x)) }

/// The derivative of `gelu`.
@inline(__always) func geluSlope(_ x: Float) -> Float {
  let open = sigmoid(doubledAngle(x))
  let slope = 2 * 0.797_884_56 * (1 + 3 * 0.044_715 * x * x)
  return open * (1 + x * (1 - open) * slope)
}
