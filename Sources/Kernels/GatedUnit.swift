/// `activation(gate) · up` over rows that hold the gate and the upward projection side by side.
///
/// - SeeAlso: Shazeer, arXiv:2002.05202.
public enum GatedUnit {
  /// What the gate passes through.
  public enum Activation: Sendable, Hashable {
    case silu
    /// See `GaussianUnit`.
    case gelu
  }

  /// - Parameters:
  ///   - input: `[2 · width, rows]`: gate, then up.
  ///   - output: `[width, rows]`.
  public static func forward(
    _ input: UnsafeRawPointer, _ activation: Activation, width: Int, rows: Range<Int>,
    into output: UnsafeMutableRawPointer, _ element: KernelElement
  ) {
    switch element {
    case .f32: forward(input.of(Float.self), activation, width, rows, output.of(Float.self))
    case .bf16:
      forward(input.of(BrainFloat.self), activation, width, rows, output.of(BrainFloat.self))
    }
  }

  private static func forward<Element: Stored>(
    _ input: Source<Element>, _ activation: Activation, _ width: Int, _ rows: Range<Int>,
    _ output: Target<Element>
  ) {
    for row in rows {
      let gate = input + 2 * row * width
      let up = gate + width
      let result = output + row * width
      switch activation {
      case .silu:
        for index in 0..<width {
          let x = gate[index].float
          result[index] = Element(x * sigmoid(x) * up[index].float)
        }
      case .gelu:
        for index in 0..<width {
          result[index] = Element(gelu(gate[index].float) * up[index].float)
        }
      }
    }
  }

  /// The gradient in both halves of the input.
  ///
  /// - Parameters:
  ///   - gradient: `[width, rows]`, of the result.
  ///   - output: `[2 · width, rows]`.
  public static func backward(
    _ gradient: UnsafeRawPointer, at input: UnsafeRawPointer, _ activation: Activation, width: Int,
    rows: Range<Int>, into output: UnsafeMutableRawPointer, _ element: KernelElement
  ) {
    switch element {
    case .f32:
      backward(
        gradient.of(Float.self), input.of(Float.self), activation, width, rows,
        output.of(Float.self))
    case .bf16:
      backward(
        gradient.of(BrainFloat.self), input.of(BrainFloat.self), activation, width, rows,
        output.of(BrainFloat.self))
    }
  }

  private static func backward<Element: Stored>(
    _ gradient: Source<Element>, _ input: Source<Element>, _ activation: Activation,
    _ width: Int, _ rows: Range<Int>, _ output: Target<Element>
  ) {
    for row in rows {
      let gradient = gradient + row * width
      let gate = input + 2 * row * width
      let up = gate + width
      let gateGradient = output + 2 * row * width
      let upGradient = gateGradient + width
      switch activation {
      case .silu:
        for index in 0..<width {
          let (x, flow) = (gate[index].float, gradient[index].float)
          let open = sigmoid(x)
          upGradient[index] = Element(flow * x * open)
          gateGradient[index] = Element(flow * up[index].float * open * (1 + x * (1 - open)))
        }
      case .gelu:
        for index in 0..<width {
          let (x, flow) = (gate[index].float, gradient[index].float)
          upGradient[index] = Element(flow * gelu(x))
          gateGradient[index] = Element(flow * up[index].float * geluSlope(x))
        }
      }
    }
  }
}
