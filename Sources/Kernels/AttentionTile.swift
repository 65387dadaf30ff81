/// The part of attention between its products, for a tile of queries against a stretch of keys.
public enum AttentionTile {
  /// Which keys each query of a tile may look at.
  public struct Window {
    /// For each query of the tile, the first key it sees, as an absolute position.
    public let starts: UnsafePointer<Int32>
    /// The absolute position of the tile's first query; a query sees keys up to its own.
    public let query: Int
    /// The absolute position of the first key of the stretch.
    public let key: Int

    public init(starts: UnsafePointer<Int32>, query: Int, key: Int) {
      self.starts = starts
      self.query = query
      self.key = key
    }

    @inline(__always) func keys(of row: Int, count: Int) -> Range<Int> {
      let first = max(Int(starts[row]) - key, 0)
      let end = min(query + row + 1 - key, count)
      return first..<max(end, first)
    }
  }

  /// `softmax(scale · scores)` over the keys a query sees; 0 elsewhere.
  ///
  /// - Parameters:
  ///   - scores: F32 `[keys, queries]`; used as scratch.
  ///   - output: `[keys, queries]` of `element`.
  public static func softmax(
    _ scores: UnsafeMutableRawPointer, queries: Int, keys: Int, _ window: Window, scale: Float,
    into output: UnsafeMutableRawPointer, _ element: KernelElement
  ) {
    let scores = scores.of(Float.self)
    switch element {
    case .f32: softmax(scores, queries, keys, window, scale, output.of(Float.self))
    case .bf16: softmax(scores, queries, keys, window, scale, output.of(BrainFloat.self))
    }
  }

  private static func softmax<Element: Stored>(
    _ scores: Target<Float>, _ queries: Int, _ keys: Int, _ window: Window, _ scale: Float,
    _ output: Target<Element>
  ) {
    for row in 0..<queries {
      let seen = window.keys(of: row, count: keys)
      let (input, result) = (scores + row * keys + seen.lowerBound, output + row * keys)
      let count = seen.count
      var lanes = SIMD16<Float>(repeating: -.greatestFiniteMagnitude)
      let whole = count & ~15
      for index in stride(from: 0, to: whole, by: 16) {
        let part = UnsafeRawPointer(input + index).loadUnaligned(as: SIMD16<Float>.self)
        lanes.replace(with: part, where: part .> lanes)
      }
      var greatest = lanes.max()
      for index in whole..<count { greatest = max(greatest, input[index]) }
      for index in 0..<count { input[index] = exponential((input[index] - greatest) * scale) }
      let factor = 1 / sum(count) { input[$0] }
      for index in 0..<seen.lowerBound { result[index] = Element(0) }
      for index in 0..<count { result[seen.lowerBound + index] = Element(input[index] * factor) }
      for index in seen.upperBound..<keys { result[index] = Element(0) }
    }
  }

  /// The gradient in the scores, `scale · p · (dp − Σ p · dp)`.
  ///
  /// - Parameters:
  ///   - gradient: F32 `[keys, queries]`, in the probabilities.
  ///   - probabilities: `[keys, queries]`, what `softmax` gave.
  ///   - output: `[keys, queries]` of `element`.
  public static func backward(
    _ gradient: UnsafeRawPointer, probabilities: UnsafeRawPointer, queries: Int, keys: Int,
    _ window: Window, scale: Float, into output: UnsafeMutableRawPointer, _ element: KernelElement
  ) {
    let gradient = gradient.of(Float.self)
    switch element {
    case .f32:
      backward(
        gradient, probabilities.of(Float.self), queries, keys, window, scale,
        output.of(Float.self))
    case .bf16:
      backward(
        gradient, probabilities.of(BrainFloat.self), queries, keys, window, scale,
        output.of(BrainFloat.self))
    }
  }

  private static func backward<Element: Stored>(
    _ gradient: Source<Float>, _ probabilities: Source<Element>, _ queries: Int, _ keys: Int,
    _ window: Window, _ scale: Float, _ output: Target<Element>
  ) {
    for row in 0..<queries {
      let seen = window.keys(of: row, count: keys)
      let flow = gradient + row * keys
      let p = probabilities + row * keys
      let result = output + row * keys
      let first = seen.lowerBound
      let mean = sum(seen.count) { p[first + $0].float * flow[first + $0] }
      for index in 0..<first { result[index] = Element(0) }
      for index in seen {
        result[index] = Element(scale * p[index].float * (flow[index] - mean))
      }
      for index in seen.upperBound..<keys { result[index] = Element(0) }
    }
  }
}
