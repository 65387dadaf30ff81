import Kernels
import ModelRuntime
import SystemPackage

/// A base model's weights as kernels read them: matrices in the mapped file or in memory, vectors in F32.
final class DenseModel {
  struct Block {
    let attentionNorm: DenseNorm
    let feedForwardNorm: DenseNorm
    /// What attention gives is normed by it before it is added; nil for most.
    let attentionOutputNorm: DenseNorm?
    let feedForwardOutputNorm: DenseNorm?
    let headNorms: HeadNorms?
    let matrices: [TargetModule: FrozenMatrix]
    let biases: [TargetModule: GraphTensor]
  }

  let dimensions: DecoderDimensions
  /// `[width, vocabulary]`.
  let embedding: FrozenMatrix
  let blocks: [Block]
  let outputNorm: DenseNorm
  /// The embedding where the model has no tensor of its own.
  let output: FrozenMatrix
  /// A vector for each position; nil where positions are rotated.
  let learnedPositions: FrozenMatrix?
  /// What divides the rotary frequencies (Llama 3); nil for most.
  let rotaryFactors: [Float]?
  /// What products compute with.
  let element: GraphElement

  /// - Parameters:
  ///   - element: F32 or BF16.
  ///   - keepsQuantised: whether quantised weights stay as they are and are dequantised for each
  ///     use, which takes less memory and more time.
  init(
    _ file: GGUFFile, element: GraphElement, keepsQuantised: Bool, on backend: ComputeBackend
  ) throws {
    let source = GGUFWeights(file)
    let dimensions = try DecoderDimensions(source)
    self.dimensions = dimensions
    self.element = element
    let mapped = try MappedFile(file.path)
    let loader = MatrixLoader(
      file: file, mapped: mapped, element: element, keepsQuantised: keepsQuantised)
    let vectors = try VectorLoader(
      source, dimensions, capacity: dimensions.blocks * (10 + dimensions.modules.count) + 2,
      on: backend)

    let table = TensorShape(dimensions.width, dimensions.vocabulary)
    embedding = try loader.matrix("token_embd.weight", table)
    output =
      file.tensor("output.weight") == nil ? embedding : try loader.matrix("output.weight", table)
    let architecture = dimensions.architecture
    learnedPositions =
      if case .learned = architecture.positions {
        try loader.matrix(
          "position_embd.weight", TensorShape(dimensions.width, dimensions.context))
      } else { nil }
    blocks = try (0..<dimensions.blocks).map { index in
      let prefix = "blk.\(index)"
      var matrices: [TargetModule: FrozenMatrix] = [:]
      var biases: [TargetModule: GraphTensor] = [:]
      for module in dimensions.modules {
        let shape = dimensions.shape(of: module)
        let name = "\(prefix).\(module.rawValue)"
        matrices[module] = try loader.matrix("\(name).weight", shape)
        if file.tensor("\(name).bias") != nil {
          biases[module] = try vectors.vector("\(name).bias", shape[1])
        }
      }
      func outputNorm(_ name: String) throws -> DenseNorm? {
        try architecture.normsOutputs ? vectors.norm("\(prefix).\(name)") : nil
      }
      return Block(
        attentionNorm: try vectors.norm("\(prefix).attn_norm"),
        feedForwardNorm: try vectors.norm("\(prefix).ffn_norm"),
        attentionOutputNorm: try outputNorm("post_attention_norm"),
        feedForwardOutputNorm: try outputNorm("post_ffw_norm"),
        headNorms: try architecture.normsHeads
          ? HeadNorms(
            query: vectors.vector("\(prefix).attn_q_norm.weight", dimensions.head),
            key: vectors.vector("\(prefix).attn_k_norm.weight", dimensions.head),
            epsilon: dimensions.epsilon) : nil,
        matrices: matrices, biases: biases)
    }
    outputNorm = try vectors.norm("output_norm")
    try vectors.load()
    rotaryFactors = try dimensions.positions.factors.map { name in
      try source.values(
        of: name, expecting: TensorShape((dimensions.positions.rotary?.dimensions ?? 0) / 2))
    }
  }
}

/// Makes matrices of tensors.
private struct MatrixLoader {
  let file: GGUFFile
  let mapped: MappedFile
  let element: GraphElement
  let keepsQuantised: Bool

  func matrix(_ name: String, _ shape: TensorShape) throws -> FrozenMatrix {
    guard let tensor = file.tensor(name), tensor.dimensions == [shape[0], shape[1]] else {
      throw TrainingError.unusableBase(
        reason: "its tensor '\(name)' must have the shape \(shape); found "
          + (file.tensor(name).map { "\($0.dimensions)" } ?? "none"))
    }
    guard let base = mapped.bytes.baseAddress, mapped.bytes.count == file.size else {
      throw TrainingError.unusableBase(reason: "its file changed while it was read")
    }
    let bytes = base + Int(tensor.offset)
    let (inputs, outputs) = (shape[0], shape[1])
    let isPlain = tensor.type == (element == .bf16 ? .bf16 : .f32)
    if isPlain {
      return FrozenMatrix(
        plain: bytes, inputs: inputs, outputs: outputs, element: element, owner: mapped)
    }
    let dequantiser = Dequantiser(tensor.type)
    guard dequantiser != nil || tensor.type == .f32 else {
      throw TrainingError.unusableBase(
        reason: "its tensor '\(name)' has the type \(tensor.type.label), which holds no weights")
    }
    if keepsQuantised, let dequantiser, dequantiser.block.elements > 1 {
      return FrozenMatrix(
        quantised: bytes, dequantiser, inputs: inputs, outputs: outputs, element: element,
        owner: mapped)
    }
    let expanded = ExpandedMatrix(count: inputs * outputs, element)
    let row = UnsafeMutablePointer<Float>.allocate(capacity: inputs)
    defer { row.deallocate() }
    let pitch = inputs / tensor.type.block.elements * tensor.type.block.bytes
    for index in 0..<outputs {
      let target = expanded.bytes + index * inputs * element.size
      if let dequantiser {
        dequantiser.floats(bytes + index * pitch, count: inputs, into: row)
        Rows.narrow(row, count: inputs, into: target, element.kernel)
      } else {
        Rows.narrow(bytes + index * pitch, count: inputs, into: target, element.kernel)
      }
    }
    return FrozenMatrix(
      plain: expanded.bytes, inputs: inputs, outputs: outputs, element: element, owner: expanded)
  }
}

/// The memory of a matrix that was converted.
private final class ExpandedMatrix {
  let bytes: UnsafeMutableRawPointer

  init(count: Int, _ element: GraphElement) {
    bytes = .allocate(byteCount: max(count * element.size, 1), alignment: 64)
  }

  deinit { bytes.deallocate() }
}

/// Declares vectors first and fills them once they have memory.
private final class VectorLoader {
  private let source: GGUFWeights
  private let dimensions: DecoderDimensions
  private let arena: TensorArena
  private var pending: [(name: String, tensor: GraphTensor)] = []

  init(
    _ source: GGUFWeights, _ dimensions: DecoderDimensions, capacity: Int,
    on backend: ComputeBackend
  ) throws {
    self.source = source
    self.dimensions = dimensions
    arena = try TensorArena(capacity: capacity, on: backend)
  }

  func vector(_ name: String, _ count: Int) throws -> GraphTensor {
    let tensor = try arena.tensor(TensorShape(count), name: name)
    pending.append((name, tensor))
    return tensor
  }

  /// A norm of hidden states.
  func norm(_ name: String) throws -> DenseNorm {
    let isLayer = if case .layer = dimensions.architecture.norm { true } else { false }
    return DenseNorm(
      gain: try vector("\(name).weight", dimensions.width),
      bias: try isLayer ? vector("\(name).bias", dimensions.width) : nil,
      epsilon: dimensions.epsilon)
  }

  func load() throws {
    try arena.allocate()
    for (name, tensor) in pending {
      try tensor.write(source.values(of: name, expecting: tensor.shape))
    }
  }
}
