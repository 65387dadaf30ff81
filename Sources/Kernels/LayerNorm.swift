/// `(x − mean) / deviation · gain + bias` over rows.
///
/// - SeeAlso: Ba, Kiros and Hinton, arXiv:1607.06450.
public enum LayerNorm {
  /// - Parameters:
  ///   - x: F32 `[width, rows]`.
  ///   - gain: F32 `[width]`; likewise `bias`.
  ///   - output: `[width, rows]` of `element`.
  public static func forward(
    _ x: UnsafeRawPointer, gain: UnsafeRawPointer, bias: UnsafeRawPointer, epsilon: Float,
    width: Int, rows: Range<Int>, into output: UnsafeMutableRawPointer, _ element: KernelElement
  ) {
    let (x, gain, bias) = (x.of(Float.self), gain.of(Float.self), bias.of(Float.self))
    switch element {
    case .f32: forward(x, gain, bias, epsilon, width, rows, output.of(Float.self))
    case .bf16: forward(x, gain, bias, epsilon, width, rows, output.of(BrainFloat.self))
    }
  }

  private static func forward<Element: Stored>(
    _ x: Source<Float>, _ gain: Source<Float>, _ bias: Source<Float>, _ epsilon: Float,
    _ width: Int, _ rows: Range<Int>, _ output: Target<Element>
  ) {
    for row in rows {
      let (input, result) = (x + row * width, output + row * width)
      let (mean, factor) = moments(input, epsilon, width)
      for index in 0..<width {
        result[index] = Element((input[index] - mean) * factor * gain[index] + bias[index])
      }
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
      let (mean, factor) = moments(x, epsilon, width)
      let level = sum(width) { gradient[$0] * gain[$0] } / Float(width)
      let along = sum(width) { gradient[$0] * gain[$0] * (x[$0] - mean) } / Float(width)
      let pull = along * factor * factor
      for index in 0..<width {
        output[index] =
          factor * (gradient[index] * gain[index] - level - (x[index] - mean) * pull)
      }
      if let residual {
        let residual = residual.of(Float.self) + row * width
        for index in 0..<width { output[index] += residual[index] }
      }
    }
  }

  /// Adds the gradients in gain and bias over rows.
  ///
  /// - Parameters:
  ///   - gradient: F32 `[width, rows]`, of the result.
  ///   - gain: F32 `[width]`: what the gradient is added to; likewise `bias`.
  public static func addGainGradient(
    _ gradient: UnsafeRawPointer, at x: UnsafeRawPointer, epsilon: Float, width: Int,
    rows: Range<Int>, to gain: UnsafeMutableRawPointer, bias: UnsafeMutableRawPointer
  ) {
    let (gain, bias) = (gain.of(Float.self), bias.of(Float.self))
    for row in rows {
      let gradient = gradient.of(Float.self) + row * width
      let x = x.of(Float.self) + row * width
      let (mean, factor) = moments(x, epsilon, width)
      for index in 0..<width {
        gain[index] += gradient[index] * (x[index] - mean) * factor
        bias[index] += gradient[index]
      }
    }
  }

  @inline(__always)
  private static func moments(_ x: Source<Float>, _ epsilon: Float, _ width: Int)
    -> (mean: Float, factor: Float)
  {
    let mean = sum(width) { x[$0] } / Float(width)
    let variance = sum(width) { (x[$0] - mean) * (x[$0] - mean) } / Float(width)
    return (mean, 1 / (variance + epsilon).squareRoot())
  }
}
