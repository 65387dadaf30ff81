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
    _ source: UnsafeRawPointer, count: Int, to target: UnsafeMutableRawPointer
  ) {
    let (source, target) = (source.of(Float.self), target.of(Float.self))
    for index in 0..<count { target[index] += source[index] }
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
