/// Rotates pairs of features of each head by an angle that grows with the position.
///
/// - SeeAlso: Su et al., arXiv:2104.09864.
public enum RotaryPositions {
  /// Which two features are rotated together.
  public enum Pairing: Sendable, Hashable {
    /// 2i and 2i+1.
    case neighbours
    /// i and i + pairs.
    case halves
  }

  /// Rotates the first `heads` heads of each row in place.
  ///
  /// - Parameters:
  ///   - x: `[stride, rows]`; head h of a row begins at `h · head`.
  ///   - table: F32 `[2 · pairs, rows]`: the cosines of a row's angles, then the sines.
  ///   - inverse: rotates back, which is also the gradient.
  public static func rotate(
    _ x: UnsafeMutableRawPointer, _ element: KernelElement, stride: Int, head: Int, heads: Int,
    rows: Range<Int>, by table: UnsafeRawPointer, pairs: Int, pairing: Pairing, inverse: Bool
  ) {
    let table = table.of(Float.self)
    switch element {
    case .f32:
      rotate(x.of(Float.self), stride, head, heads, rows, table, pairs, pairing, inverse)
    case .bf16:
      rotate(x.of(BrainFloat.self), stride, head, heads, rows, table, pairs, pairing, inverse)
    }
  }

  private static func rotate<Element: Stored>(
    _ x: Target<Element>, _ stride: Int, _ head: Int, _ heads: Int, _ rows: Range<Int>,
    _ table: Source<Float>, _ pairs: Int, _ pairing: Pairing, _ inverse: Bool
  ) {
    let sign: Float = inverse ? -1 : 1
    for row in rows {
      let cosines = table + 2 * row * pairs
      let sines = cosines + pairs
      for index in 0..<heads {
        let features = x + row * stride + index * head
        switch pairing {
        case .neighbours:
          for pair in 0..<pairs {
            let (a, b) = (features[2 * pair].float, features[2 * pair + 1].float)
            let (c, s) = (cosines[pair], sign * sines[pair])
            features[2 * pair] = Element(a * c - b * s)
            features[2 * pair + 1] = Element(a * s + b * c)
          }
        case .halves:
          for pair in 0..<pairs {
            let (a, b) = (features[pair].float, features[pair + pairs].float)
            let (c, s) = (cosines[pair], sign * sines[pair])
            features[pair] = Element(a * c - b * s)
            features[pair + pairs] = Element(a * s + b * c)
          }
        }
      }
    }
  }
}
