/// Copies of rows.
public enum Rows {
  /// Copies F32 numbers into `element`.
  public static func narrow(
    _ source: UnsafeRawPointer, count: Int, into target: UnsafeMutableRawPointer,
    _ element: KernelElement, scale: Float = 1
  ) {
    let source = source.of(Float.self)
    switch element {
    case .f32:
      let target = target.of(Float.self)
      for index in 0..<count { target[index] = source[index] * scale }
    case .bf16:
      let target = target.of(BrainFloat.self)
      for index in 0..<count { target[index] = BrainFloat(source[index] * scale) }
    }
  }

  /// Adds F32 numbers to F32 numbers.
  public static func add(
    _ source: UnsafeRawPointer, count: Int, to target: UnsafeMutableRawPointer, scale: Float = 1
  ) {
    let (source, target) = (source.of(Float.self), target.of(Float.self))
    for index in 0..<count { target[index] += source[index] * scale }
  }

  /// The sum of the squares of F32 numbers.
  public static func squares(of source: UnsafeRawPointer, count: Int) -> Float {
    let source = source.of(Float.self)
    return Kernels.sum(count) { source[$0] * source[$0] }
  }

  /// Adds the sum of some rows to F32 numbers, row after row.
  ///
  /// - Parameters:
  ///   - source: where the first number of the first row is.
  ///   - stride: from one row to the next, in numbers.
  ///   - target: F32 `[count]`.
  public static func addSum(
    of source: UnsafeRawPointer, _ element: KernelElement, stride: Int, rows: Int, count: Int,
    to target: UnsafeMutableRawPointer
  ) {
    let target = target.of(Float.self)
    switch element {
    case .f32: addSum(source.of(Float.self), stride, rows, count, target)
    case .bf16: addSum(source.of(BrainFloat.self), stride, rows, count, target)
    }
  }

  private static func addSum<Element: Stored>(
    _ source: Source<Element>, _ stride: Int, _ rows: Int, _ count: Int, _ target: Target<Float>
  ) {
    for row in 0..<rows {
      let numbers = source + row * stride
      for index in 0..<count { target[index] += numbers[index].float }
    }
  }

  /// Copies numbers of `element` into F32.
  public static func widen(
    _ source: UnsafeRawPointer, _ element: KernelElement, count: Int,
    into target: UnsafeMutableRawPointer, scale: Float = 1
  ) {
    let target = target.of(Float.self)
    switch element {
    case .f32:
      let source = source.of(Float.self)
      for index in 0..<count { target[index] = source[index] * scale }
    case .bf16:
      let source = source.of(BrainFloat.self)
      for index in 0..<count { target[index] = source[index].float * scale }
    }
  }
}
