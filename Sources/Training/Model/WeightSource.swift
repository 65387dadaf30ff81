import ModelRuntime

/// Where a base model's metadata and weights are read from: a GGUF file, or a test's memory.
protocol WeightSource {
  /// Whole-number metadata.
  func integer(_ key: String) -> Int?
  /// Floating-point metadata.
  func real(_ key: String) -> Double?
  /// Metadata of truth values; nil where there is none or it is something else.
  func flags(_ key: String) -> [Bool]?
  /// Text metadata.
  func text(_ key: String) -> String?
  /// The shape of a tensor, or nil where the model has none of that name.
  func shape(of tensor: String) -> TensorShape?
  /// The values of a tensor, dequantised to F32 exactly as the runtime does it.
  func values(of tensor: String) throws -> [Float]
}

extension WeightSource {
  /// Whole-number metadata that must be there and lie in 1…2³¹.
  func required(_ key: String) throws -> Int {
    guard let value = integer(key), value > 0, value < 1 << 31 else {
      throw TrainingError.unusableBase(
        reason: "its metadata must have '\(key)' from 1; found "
          + (integer(key).map(String.init) ?? "none"))
    }
    return value
  }

  /// A tensor's values, its shape checked.
  func values(of tensor: String, expecting shape: TensorShape) throws -> [Float] {
    guard let found = self.shape(of: tensor), found == shape else {
      throw TrainingError.unusableBase(
        reason: "its tensor '\(tensor)' must have the shape \(shape); found "
          + (self.shape(of: tensor)?.description ?? "none"))
    }
    return try values(of: tensor)
  }
}
