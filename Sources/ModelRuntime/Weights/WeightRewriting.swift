public import SystemPackage

/// Writes a model's file anew with other numbers in its tensors: metadata, tokeniser, order and types
/// of tensors stay.
///
/// Equal numbers give equal bytes. One tensor is in memory at a time.
public struct WeightRewriting: Sendable {
  private let base: GGUFFile
  /// The new `general.name`; nil keeps the base's.
  public var name: String?
  /// Whether what the base's metadata says of its author, version and sources is left out, because the
  /// weights are not made of the base's; language and licence stay.
  public var dropsOrigin = false

  public init(_ base: GGUFFile) { self.base = base }

  /// - Parameter values: the numbers of a tensor in F32, in the order of the file; nil to copy it.
  /// - Throws: `runtime.weights_not_convertible` where a tensor's type cannot hold its numbers,
  ///   `runtime.invalid_request` for another count of numbers, `runtime.file_unreadable`,
  ///   `runtime.file_unwritable`.
  public func write(
    to output: FilePath, values: (GGUFFile.Tensor) throws -> [Float]?
  ) throws {
    let stream = try GGUFStream(output, header: try header())
    for tensor in base.tensors {
      if let numbers = try values(tensor) {
        try stream.append(try encoded(numbers, as: tensor))
        continue
      }
      for piece in TensorPieces(tensor) {
        try stream.append(
          try FileRange.bytes(
            base.path, at: piece.offset, count: piece.size, "tensor '\(tensor.name)'"))
      }
    }
    try stream.finish()
  }

  private func encoded(_ values: [Float], as tensor: GGUFFile.Tensor) throws(RuntimeError)
    -> [UInt8]
  {
    guard values.count == tensor.elements else {
      throw .invalidRequest(
        reason: "'\(tensor.name)' has \(tensor.elements) elements, found \(values.count)")
    }
    guard let encoder = WeightEncoder(tensor.type), encoder.fits(rowLength: tensor.dimensions[0]),
      encoder.holds(values)
    else {
      throw .weightsNotConvertible(
        path: base.path.string,
        reason: "'\(tensor.name)' would have values that \(tensor.type.label) cannot hold")
    }
    return encoder.bytes(values, rowLength: tensor.dimensions[0])
  }

  private func header() throws(RuntimeError) -> GGUFHeader {
    var keys = try base.copiedKeys()
    if dropsOrigin {
      keys.removeAll { $0.name.hasPrefix("general.") && !Self.ownKeys.contains($0.name) }
    }
    if let name { keys.set("general.name", .string(name)) }
    return GGUFHeader(
      keys: keys,
      tensors: base.tensors.map {
        GGUFHeader.Tensor(name: $0.name, dimensions: $0.dimensions, type: $0.type)
      })
  }

  /// What describes the file and not where its weights come from.
  private static let ownKeys: Set = [
    "general.architecture", "general.type", "general.name", "general.alignment",
    "general.file_type", "general.quantization_version", "general.size_label",
    "general.languages", "general.license", "general.license.name", "general.license.link",
  ]
}
