internal import CLlama

/// Stores F32 values in a tensor's type, by ggml itself.
struct WeightEncoder {
  /// The types that need no statistics of activations to be good.
  static let types: [TensorType] = [
    .f32, .f16, .bf16, .q8_0, .q6_K, .q5_K, .q5_1, .q5_0, .q4_K, .q4_1, .q4_0,
  ]

  let type: TensorType

  /// Nil for types that are not in `types`.
  init?(_ type: TensorType) {
    guard Self.types.contains(type) else { return nil }
    self.type = type
    ggml_quantize_init(ggml_type(rawValue: type.rawValue))
  }

  /// Whether a row of this length is a whole number of blocks.
  func fits(rowLength: Int) -> Bool { rowLength.isMultiple(of: type.block.elements) }

  /// Whether every value is a finite number in this type: some of ggml's quantisers abort otherwise.
  func holds(_ values: [Float]) -> Bool {
    // F16 rounds to infinity from here on.
    let limit: Float = type == .f16 ? 65_520 : .greatestFiniteMagnitude
    return values.allSatisfy { abs($0) < limit }
  }

  /// - Parameters:
  ///   - values: whole rows, all finite.
  ///   - rowLength: elements, a multiple of the type's block.
  func bytes(_ values: [Float], rowLength: Int) -> [UInt8] {
    let size = values.count / type.block.elements * type.block.bytes
    return [UInt8](unsafeUninitializedCapacity: size) { target, initialised in
      initialised = values.withUnsafeBufferPointer { source in
        ggml_quantize_chunk(
          ggml_type(rawValue: type.rawValue), source.baseAddress, target.baseAddress, 0,
          Int64(values.count / rowLength), Int64(rowLength), nil)
      }
    }
  }
}
