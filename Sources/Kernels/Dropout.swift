/// Leaves out numbers at random, the same ones whenever it is asked with the same key: no mask is
/// kept between the forward and the backward pass.
///
/// - SeeAlso: Srivastava et al., JMLR 15 (2014).
public struct Dropout: Sendable {
  /// Decides which numbers are left out.
  public let key: UInt64
  /// Of 2¹⁶.
  private let threshold: UInt64
  /// What the others are multiplied by.
  public let scale: Float

  /// - Parameter probability: 0 up to, but not including, 1; kept to 2⁻¹⁶.
  public init(probability: Float, key: UInt64) {
    self.key = key
    threshold = UInt64((probability * 65536).rounded())
    scale = 1 / (1 - Float(threshold) / 65536)
  }

  /// What the number at `index` is multiplied by: 0 or `scale`.
  @inline(__always) private func factor(_ index: Int) -> Float {
    // The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
    var bits = key &+ UInt64(truncatingIfNeeded: index) &* 0x9E37_79B9_7F4A_7C15
    bits = (bits ^ (bits &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits &>> 27)) &* 0x94D0_49BB_1331_11EB
    return (bits ^ (bits &>> 31)) & 0xFFFF < threshold ? 0 : scale
  }

  /// Copies a part of a matrix with numbers left out.
  ///
  /// - Parameters:
  ///   - source: `[width, rows]`.
  ///   - target: `[columns.count, rows.count]`.
  public func copy(
    _ source: UnsafeRawPointer, width: Int, rows: Range<Int>, columns: Range<Int>,
    into target: UnsafeMutableRawPointer, _ element: KernelElement
  ) {
    switch element {
    case .f32: copy(source.of(Float.self), width, rows, columns, target.of(Float.self))
    case .bf16: copy(source.of(BrainFloat.self), width, rows, columns, target.of(BrainFloat.self))
    }
  }

  private func copy<Element: Stored>(
    _ source: Source<Element>, _ width: Int, _ rows: Range<Int>, _ columns: Range<Int>,
    _ target: Target<Element>
  ) {
    var output = target
    for row in rows {
      let first = row * width + columns.lowerBound
      for index in 0..<columns.count {
        output[index] = Element(source[first + index].float * factor(first + index))
      }
      output += columns.count
    }
  }

  /// Adds a gradient where its numbers were not left out.
  ///
  /// - Parameters:
  ///   - source: F32 `[columns.count, rows]`.
  ///   - target: `[width, rows]`.
  public func add(
    _ source: UnsafeRawPointer, rows: Int, columns: Range<Int>, width: Int,
    to target: UnsafeMutableRawPointer, _ element: KernelElement
  ) {
    let source = source.of(Float.self)
    switch element {
    case .f32: add(source, rows, columns, width, target.of(Float.self))
    case .bf16: add(source, rows, columns, width, target.of(BrainFloat.self))
    }
  }

  private func add<Element: Stored>(
    _ source: Source<Float>, _ rows: Int, _ columns: Range<Int>, _ width: Int,
    _ target: Target<Element>
  ) {
    for row in 0..<rows {
      let (input, first) = (source + row * columns.count, row * width + columns.lowerBound)
      for index in 0..<columns.count {
        target[first + index] = Element(
          target[first + index].float + input[index] * factor(first + index))
      }
    }
  }
}
