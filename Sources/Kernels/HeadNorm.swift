/// The root-mean-square norm of single heads inside rows, in place.
public enum HeadNorm {
  /// Which heads of a row.
  public struct Heads: Sendable {
    /// From one row to the next.
    public let stride: Int
    /// Where the first head begins.
    public let first: Int
    /// The length of a head.
    public let length: Int
    public let count: Int

    public init(stride: Int, first: Int, length: Int, count: Int) {
      self.stride = stride
      self.first = first
      self.length = length
      self.count = count
    }
  }

  /// `x / rms(x) · gain` for each head.
  ///
  /// - Parameter gain: F32, as long as a head.
  public static func forward(
    _ x: UnsafeMutableRawPointer, _ element: KernelElement, _ heads: Heads, rows: Range<Int>,
    gain: UnsafeRawPointer, epsilon: Float
  ) {
    switch element {
    case .f32: forward(x.of(Float.self), heads, rows, gain.of(Float.self), epsilon)
    case .bf16: forward(x.of(BrainFloat.self), heads, rows, gain.of(Float.self), epsilon)
    }
  }

  private static func forward<Element: Stored>(
    _ x: Target<Element>, _ heads: Heads, _ rows: Range<Int>, _ gain: Source<Float>,
    _ epsilon: Float
  ) {
    for row in rows {
      for head in 0..<heads.count {
        let features = x + row * heads.stride + heads.first + head * heads.length
        let factor = inverseLength(features, epsilon, heads.length)
        for index in 0..<heads.length {
          features[index] = Element(features[index].float * factor * gain[index])
        }
      }
    }
  }

  /// Turns the gradient of the result into that of `x`, in place.
  ///
  /// - Parameters:
  ///   - gradient: rows like those of `x`.
  ///   - x: what `forward` was given, not what it left.
  public static func backward(
    _ gradient: UnsafeMutableRawPointer, at x: UnsafeRawPointer, _ element: KernelElement,
    _ heads: Heads, rows: Range<Int>, gain: UnsafeRawPointer, epsilon: Float
  ) {
    let gain = gain.of(Float.self)
    switch element {
    case .f32: backward(gradient.of(Float.self), x.of(Float.self), heads, rows, gain, epsilon)
    case .bf16:
      backward(gradient.of(BrainFloat.self), x.of(BrainFloat.self), heads, rows, gain, epsilon)
    }
  }

  private static func backward<Element: Stored>(
    _ gradient: Target<Element>, _ x: Source<Element>, _ heads: Heads, _ rows: Range<Int>,
    _ gain: Source<Float>, _ epsilon: Float
  ) {
    for row in rows {
      for head in 0..<heads.count {
        let place = row * heads.stride + heads.first + head * heads.length
        let (flow, features) = (gradient + place, x + place)
        let factor = inverseLength(features, epsilon, heads.length)
        let along = sum(heads.length) { flow[$0].float * gain[$0] * features[$0].float }
        let pull = along * factor * factor * factor / Float(heads.length)
        for index in 0..<heads.length {
          flow[index] = Element(
            flow[index].float * gain[index] * factor - features[index].float * pull)
        }
      }
    }
  }

  /// Adds the gradient in the gain, summed over rows and heads.
  ///
  /// - Parameters:
  ///   - gradient: of the result of `forward`; rows like those of `x`.
  ///   - x: what `forward` was given.
  ///   - gain: F32, as long as a head: what the gradient is added to.
  public static func addGainGradient(
    _ gradient: UnsafeRawPointer, at x: UnsafeRawPointer, _ element: KernelElement, _ heads: Heads,
    rows: Range<Int>, epsilon: Float, to gain: UnsafeMutableRawPointer
  ) {
    let gain = gain.of(Float.self)
    switch element {
    case .f32:
      addGainGradient(gradient.of(Float.self), x.of(Float.self), heads, rows, epsilon, gain)
    case .bf16:
      addGainGradient(
        gradient.of(BrainFloat.self), x.of(BrainFloat.self), heads, rows, epsilon, gain)
    }
  }

  private static func addGainGradient<Element: Stored>(
    _ gradient: Source<Element>, _ x: Source<Element>, _ heads: Heads, _ rows: Range<Int>,
    _ epsilon: Float, _ gain: Target<Float>
  ) {
    for row in rows {
      for head in 0..<heads.count {
        let place = row * heads.stride + heads.first + head * heads.length
        let (flow, features) = (gradient + place, x + place)
        let factor = inverseLength(features, epsilon, heads.length)
        for index in 0..<heads.length {
          gain[index] += flow[index].float * features[index].float * factor
        }
      }
    }
  }

  @inline(__always) private static func inverseLength<Element: Stored>(
    _ x: Source<Element>, _ epsilon: Float, _ length: Int
  ) -> Float {
    let squares = sum(length) { x[$0].float * x[$0].float }
    return 1 / (squares / Float(length) + epsilon).squareRoot()
  }
}
