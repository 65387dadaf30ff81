internal import CLlama

/// Turns stored weights into F32 by ggml itself: exactly the numbers that serve.
public struct Dequantiser: Sendable {
  private let convert:
    @convention(c) (UnsafeRawPointer?, UnsafeMutablePointer<Float>?, Int64) -> Void
  /// Elements and bytes of a block.
  public let block: (elements: Int, bytes: Int)

  /// Nil for F32 and for types that hold no weights.
  public init?(_ type: TensorType) {
    let traits = ggml_get_type_traits(ggml_type(rawValue: type.rawValue))
    guard type.holdsWeights, let convert = traits?.pointee.to_float else { return nil }
    self.convert = convert
    block = type.block
  }

  /// - Parameters:
  ///   - source: whole blocks.
  ///   - count: elements, a multiple of `block.elements`.
  public func floats(
    _ source: UnsafeRawPointer, count: Int, into target: UnsafeMutablePointer<Float>
  ) {
    convert(source, target, Int64(count))
  }
}
