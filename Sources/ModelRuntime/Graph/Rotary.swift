internal import CLlama

/// Rotary position embedding, as one architecture and model define it.
///
/// - SeeAlso: Su et al., arXiv:2104.09864.
public struct RotaryEmbedding: Sendable, Hashable {
  /// Which two features are rotated together.
  public enum Pairing: Sendable {
    /// Neighbours, 2i and 2i+1: GGUF's llama.
    case neighbours
    /// Halves, i and i + dimensions/2: qwen2 and most others.
    case halves
  }

  public var pairing: Pairing
  /// How many features of a head are rotated; even.
  public var dimensions: Int
  /// θ, such as 10000.
  public var base: Float
  /// What positions are multiplied by; 1 without linear scaling.
  public var positionScale: Float

  /// What rotated features are multiplied by; 1 for most.
  public var magnitude: Float = 1
  /// The context the frequencies were made for, where `positionScale` stretches the slow ones only
  /// (YaRN, arXiv:2309.00071); nil where it stretches all.
  public var original: Int?

  public init(pairing: Pairing, dimensions: Int, base: Float, positionScale: Float = 1) {
    self.pairing = pairing
    self.dimensions = dimensions
    self.base = base
    self.positionScale = positionScale
  }
}

extension TensorGraph {
  /// Rotates the heads of each token by its position, or back.
  ///
  /// - Parameters:
  ///   - x: contiguous `[head, heads, tokens]`.
  ///   - positions: I32 `[tokens]`.
  ///   - factors: F32 `[dimensions / 2]`, dividing the frequencies; nil for none.
  ///   - inverse: rotates by the negative angle, which is also the gradient.
  public func rotate(
    _ x: GraphTensor, by rotary: RotaryEmbedding, positions: GraphTensor,
    factors: GraphTensor? = nil, inverse: Bool = false
  ) throws -> GraphTensor {
    let fits =
      x.element == .f32 && x.isContiguous && x.shape[3] == 1 && positions.element == .i32
      && positions.shape == TensorShape(x.shape[2]) && rotary.dimensions > 0
      && rotary.dimensions % 2 == 0 && rotary.dimensions <= x.shape[0]
      && rotary.original == nil
      && (factors.map { $0.element == .f32 && $0.shape[0] >= rotary.dimensions / 2 } ?? true)
    return try append(
      "rotate", x, positions, factors ?? positions,
      expecting: "[head ≥ \(rotary.dimensions), heads, tokens] and I32 [tokens]", where: fits
    ) {
      let mode = rotary.pairing == .neighbours ? GGML_ROPE_TYPE_NORMAL : GGML_ROPE_TYPE_NEOX
      let operation = inverse ? ggml_rope_ext_back : ggml_rope_ext
      return operation(
        context, x.handle, positions.handle, factors?.handle, Int32(rotary.dimensions),
        Int32(mode), 0, rotary.base, rotary.positionScale, 0, rotary.magnitude, 32, 1)
    }
  }
}
