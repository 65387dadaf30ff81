/// The extents of a tensor in ggml's order: `ne0` is the contiguous dimension, the columns of a row.
///
/// A weight that maps `in` features to `out` is `[in, out]`; activations are `[features, tokens]`.
public struct TensorShape: Sendable, Hashable, CustomStringConvertible {
  /// All four extents; trailing ones are 1.
  public let extents: SIMD4<Int>

  public init(_ ne0: Int, _ ne1: Int = 1, _ ne2: Int = 1, _ ne3: Int = 1) {
    extents = SIMD4(ne0, ne1, ne2, ne3)
  }

  public subscript(dimension: Int) -> Int { extents[dimension] }

  /// How many elements there are.
  public var count: Int { extents[0] * extents[1] * extents[2] * extents[3] }
  /// How many rows of `ne0` elements there are.
  public var rows: Int { extents[1] * extents[2] * extents[3] }

  public var description: String {
    let last = (0..<4).last { extents[$0] != 1 } ?? 0
    return "[" + (0...last).map { String(extents[$0]) }.joined(separator: ", ") + "]"
  }

  /// Whether every extent is positive and the bytes of an F32 tensor of this shape fit 2⁴⁸.
  var isRepresentable: Bool {
    var bytes = 4
    for dimension in 0..<4 {
      guard extents[dimension] > 0 else { return false }
      let (product, overflow) = bytes.multipliedReportingOverflow(by: extents[dimension])
      guard !overflow, product < 1 << 48 else { return false }
      bytes = product
    }
    return true
  }

  /// Whether a tensor of this shape can be repeated to fill `other`.
  func repeats(into other: TensorShape) -> Bool {
    (0..<4).allSatisfy { other[$0] % extents[$0] == 0 }
  }
}
