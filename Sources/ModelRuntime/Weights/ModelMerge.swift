public import MLOpsCore
public import SystemPackage

/// Adds a LoRA adapter to its base's weights for good: `W' = W + (alpha / rank) · B·A`.
///
/// What the adapter does not touch is copied byte for byte, metadata included (`general.name` says
/// that the model is merged). A few megabytes of a tensor are in memory at a time.
public struct ModelMerge: Sendable {
  /// What was written.
  public struct Summary: Sendable, Hashable {
    /// Tensors that were changed.
    public let merged: Int
    /// Tensors that were copied.
    public let copied: Int
    /// Merged tensors whose type is another than the base's.
    public let retyped: Int
    /// The type that merged tensors have now; nil where they keep several of the base's.
    public let type: TensorType?
  }

  /// The types that merged tensors can be given: those that need no statistics of activations.
  public static var types: [TensorType] { WeightEncoder.types }

  let base: FilePath
  let adapter: FilePath
  let type: TensorType?
  let name: String?

  /// - Parameters:
  ///   - base: a model in GGUF.
  ///   - adapter: a GGUF adapter for it.
  ///   - type: of the tensors that change; nil keeps each one's own, which must be a float's.
  ///   - name: the new `general.name`; nil keeps the base's.
  public init(base: FilePath, adapter: FilePath, type: TensorType? = nil, name: String? = nil) {
    self.base = base
    self.adapter = adapter
    self.type = type
    self.name = name
  }

  /// Merges on a thread of its own; cancelling stops it between pieces and leaves an unfinished file.
  ///
  /// - Throws: `runtime.malformed_gguf`, `runtime.adapter_mismatch`, `runtime.weights_not_convertible`
  ///   where the type cannot hold the result, `runtime.file_unreadable`, `runtime.file_unwritable`,
  ///   `CancellationError`.
  public func run(to output: FilePath, progress: ProgressHandler? = nil) async throws -> Summary {
    let cancellation = CancellationFlag()
    return try await withTaskCancellationHandler {
      try await Blocking.run { [self] in
        try MergePlan(self).write(to: output, cancellation, progress)
      }
    } onCancel: {
      cancellation.set()
    }
  }
}

/// What becomes of every tensor of the base.
private struct MergePlan {
  let merge: ModelMerge
  let base: GGUFFile
  let adapter: GGUFFile
  let alpha: Float
  /// The encoder of each tensor that changes, by name.
  let encoders: [String: WeightEncoder]

  init(_ merge: ModelMerge) throws {
    self.merge = merge
    base = try GGUFFile(merge.base)
    try ModelVetting.check(base)
    adapter = try GGUFFile(merge.adapter)
    try AdapterVetting.check(adapter, base: base)
    alpha = Float(adapter["adapter.lora.alpha"]?.double ?? 0)
    var encoders: [String: WeightEncoder] = [:]
    for tensor in base.tensors where adapter.tensor("\(tensor.name).lora_a") != nil {
      encoders[tensor.name] = try Self.encoder(for: tensor, merge)
    }
    self.encoders = encoders
  }

  private static func encoder(for tensor: GGUFFile.Tensor, _ merge: ModelMerge)
    throws(RuntimeError) -> WeightEncoder
  {
    func refuse(_ reason: String) -> RuntimeError {
      .weightsNotConvertible(path: merge.base.string, reason: reason)
    }
    guard tensor.name != "token_embd.weight" else {
      throw refuse(
        "the adapter changes the token embedding where it is looked up and not where it is "
          + "multiplied, which one table cannot say")
    }
    guard let type = merge.type ?? (tensor.type.isFloat ? tensor.type : nil) else {
      throw refuse(
        "its '\(tensor.name)' is stored as \(tensor.type.label), so the merged weight would have to "
          + "be rounded once more; say in which type")
    }
    guard let encoder = WeightEncoder(type) else {
      throw refuse(
        "\(type.label) is no type that merged weights are written in; expected one of "
          + WeightEncoder.types.map(\.label).joined(separator: ", "))
    }
    guard encoder.fits(rowLength: tensor.dimensions[0]) else {
      throw refuse(
        "'\(tensor.name)' has rows of \(tensor.dimensions[0]) elements, no multiple of the "
          + "\(type.block.elements) in a block of \(type.label)")
    }
    return encoder
  }

  func write(
    to output: FilePath, _ cancellation: CancellationFlag, _ progress: ProgressHandler?
  ) throws -> ModelMerge.Summary {
    let stream = try GGUFStream(output, header: try header())
    let total = base.tensors.reduce(0) { $0 + $1.size }
    var done: Int64 = 0
    for tensor in base.tensors {
      let update = try encoders[tensor.name].map {
        try RowUpdate(of: tensor, in: base, by: adapter, alpha: alpha, as: $0)
      }
      for piece in TensorPieces(tensor) {
        if cancellation.isSet { throw CancellationError() }
        let bytes = try FileRange.bytes(
          base.path, at: piece.offset, count: piece.size, "tensor '\(tensor.name)'")
        try stream.append(update?.merged(bytes, rows: piece.rows) ?? bytes)
        done += Int64(piece.size)
        progress?(ProgressUpdate(label: "merging", done: done, total: total, unit: "B"))
      }
    }
    try stream.finish()
    let types = Set(encoders.values.map(\.type))
    return ModelMerge.Summary(
      merged: encoders.count, copied: base.tensors.count - encoders.count,
      retyped: base.tensors.filter { encoders[$0.name].map(\.type) ?? $0.type != $0.type }.count,
      type: types.count == 1 ? types.first : nil)
  }

  private func header() throws(RuntimeError) -> GGUFHeader {
    var keys = try base.copiedKeys()
    if let name = merge.name { keys.set("general.name", .string(name)) }
    let tensors = base.tensors.map {
      GGUFHeader.Tensor(
        name: $0.name, dimensions: $0.dimensions, type: encoders[$0.name]?.type ?? $0.type)
    }
    if zip(tensors, base.tensors).contains(where: { $0.type != $1.type }) {
      // It named the mixture of types that the file had; libllama counts for itself without it.
      keys.removeAll { $0.name == "general.file_type" }
      if tensors.contains(where: { !$0.type.isFloat }) {
        keys.set("general.quantization_version", .uint32(2))
      }
    }
    return GGUFHeader(keys: keys, tensors: tensors)
  }
}
