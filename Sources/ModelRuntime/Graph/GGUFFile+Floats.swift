internal import CLlama
internal import SystemPackage

extension GGUFFile {
  /// The values of a tensor in F32, dequantised by ggml itself: exactly the numbers that serve.
  ///
  /// - Throws: `runtime.file_unreadable`, or `runtime.unsound_model` for a type without a dequantiser.
  public func floats(of tensor: Tensor) throws(RuntimeError) -> [Float] {
    let count = Int(tensor.elements)
    let traits = ggml_get_type_traits(ggml_type(rawValue: tensor.type.rawValue))
    guard tensor.type == .f32 || traits?.pointee.to_float != nil else {
      throw RuntimeError.unsoundModel(
        path: path.string,
        reason: "tensor '\(tensor.name)' has the type \(tensor.type.label), which holds no weights")
    }
    let bytes = try data(of: tensor)
    return [Float](unsafeUninitializedCapacity: count) { target, initialised in
      bytes.withUnsafeBytes { source in
        if tensor.type == .f32 {
          UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
        } else {
          traits?.pointee.to_float(source.baseAddress, target.baseAddress, Int64(count))
        }
      }
      initialised = count
    }
  }

  /// The bytes of a tensor as they lie in the file.
  private func data(of tensor: Tensor) throws(RuntimeError) -> [UInt8] {
    try FileRange.bytes(
      path, at: tensor.offset, count: Int(tensor.size), "tensor '\(tensor.name)'")
  }
}
