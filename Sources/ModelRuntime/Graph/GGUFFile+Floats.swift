internal import CLlama
internal import SystemPackage

extension GGUFFile {
  /// The values of a tensor in F32, dequantised by ggml itself: exactly the numbers that serve.
  ///
  /// - Throws: `runtime.file_unreadable`, or `runtime.unsound_model` for a type without a dequantiser.
  public func floats(of tensor: Tensor) throws -> [Float] {
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
  private func data(of tensor: Tensor) throws -> [UInt8] {
    let size = Int(tensor.size)
    var filled = 0
    do {
      let descriptor = try FileDescriptor.open(path, .readOnly)
      return try descriptor.closeAfter {
        try [UInt8](unsafeUninitializedCapacity: size) { buffer, initialised in
          while filled < size {
            let rest = UnsafeMutableRawBufferPointer(buffer)[filled...]
            let read = try descriptor.read(
              fromAbsoluteOffset: tensor.offset + Int64(filled),
              into: UnsafeMutableRawBufferPointer(rebasing: rest))
            guard read > 0 else { break }
            filled += read
          }
          guard filled == size else { throw Errno.ioError }
          initialised = filled
        }
      }
    } catch {
      throw RuntimeError.fileUnreadable(
        path: path.string, reason: "tensor '\(tensor.name)': \(error)")
    }
  }
}
