/// `x / rms(x) · gain` over rows.
///
/// - SeeAlso: Zhang and Sennrich, arXiv:1910.07467.
public enum RootMeanSquareNorm {
  /// - Parameters:
  ///   - x: F32 `[width, rows]`.
  ///   - gain: F32 `[width]`.
  ///   - output: `[width, rows]` of `element`.
  public static func forward(
    _ x: UnsafeRawPointer, gain: UnsafeRawPointer, epsilon: Float, width: Int, rows: Range<Int>,
    into output: UnsafeMutableRawPointer, _ element: KernelElement
  ) {
    let (x, gain) = (x.of(Float.self), gain.of(Float.self))
    switch element {
    case .f32: forward(x, gain, epsilon, width, rows, output.of(Float.self))
    case .bf16: forward(x, gain, epsilon, width, rows, output.of(BrainFloat.self))
    }
  }

  private static func forward<Element: Stored>(
    _ x: Source<Float>, _ gain: Source<Float>, _ epsilon: Float, _ width: Int, _ rows: Range<Int>,
    _ output: Target<Element>
  ) {
    for row in rows {
      let (input, result) = (x + row * width, output + row * width)
      let factor = inverseLength(input, epsilon, width)
      for index in 0..<width { result[index] = Element(input[index] * factor * gain[index]) }
    }
  }

  /// The gradient in `x`, added to that of the residual connection around it.
  ///
  /// - Parameters:
  ///   - gradient: F32 `[width, rows]`, of the result.
  ///   - residual: F32 `[width, rows]`, what else flows into `x`'s gradient; nil for nothing.
  ///   - output: F32 `[width, rows]`.
  public static func backward(
    _ gradient: UnsafeRawPointer, at x: UnsafeRawPointer, gain: UnsafeRawPointer, epsilon: Float,
    width: Int, rows: Range<Int>, residual: UnsafeRawPointer?, into output: UnsafeMutableRawPointer
  ) {
    let gain = gain.of(Float.self)
    for row in rows {
      let gradient = gradient.of(Float.self) + row * width
      let x = x.of(Float.self) + row * width
      let output = output.of(Float.self) + row * width
      let factor = inverseLength(x, epsilon, width)
      let along = sum(width) { gradient[$0] * gain[$0] * x[$0] }
      let pull = along * factor * factor * factor / Float(width)
      if let residual {
        let residual = residual.of(Float.self) + row * width
        for index in 0..<width {
          output[index] =
            residual[index] + (gradient[index] * gain[index] * factor - x[index] * pull)
        }
      } else {
        for index in 0..<width {
          output[index] = gradient[index] * gain[index] * factor - x[index] * pull
        }
      }
    }
  }

  /// Adds the gradient in the gain, `Σ gradient · x / rms(x)` over rows.
  ///
  /// - Parameters:
  ///   - gradient: F32 `[width, rows]`, of the result.
  ///   - gain: F32 `[width]`: what the gradient is added to.
  public static func addGainGradient(
    _ gradient: UnsafeRawPointer, at x: UnsafeRawPointer, epsilon: Float, width: Int,
    rows: Range<Int>, to gain: UnsafeMutableRawPointer
  ) {
    let gain = gain.of(Float.self)
    for row in rows {
      let gradient = gradient.of(Float.self) + row * width
      let x = x.of(Float.self) + row * width
      let factor = inverseLength(x, epsilon, width)
      for index in 0..<width { gain[index] += gradient[index] * x[index] * factor }
    }
  }

  @inline(__always)
  private static func inverseLength(_ x: Source<Float>, _ epsilon: Float, _ width: Int) -> Float {
    1 / (sum(width) { x[$0] * x[$0] } / Float(width) + epsilon).squareRoot()
  }
}
