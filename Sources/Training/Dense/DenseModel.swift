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
  private let tensors: any DenseTensors

  /// A model whose weights stay as they are.
  ///
  /// - Parameters:
  ///   - element: F32 or BF16.
  ///   - keepsQuantised: whether quantised weights stay as they are and are dequantised for each
  ///     use, which takes less memory and more time.
  convenience init(
    _ file: GGUFFile, element: GraphElement, keepsQuantised: Bool, on backend: ComputeBackend
  ) throws {
    let dimensions = try DecoderDimensions(GGUFWeights(file))
    try self.init(
      file, element: element,
      tensors: FrozenTensors(
        matrices: MatrixLoader(
          file: file, mapped: MappedFile(file.path), element: element,
          keepsQuantised: keepsQuantised),
        vectors: VectorLoader(
          GGUFWeights(file), capacity: dimensions.blocks * (10 + dimensions.modules.count) + 2,
          on: backend)))
  }

  /// - Parameters:
  ///   - file: says what the model consists of.
  ///   - tensors: where its weights are.
  init(_ file: GGUFFile, element: GraphElement, tensors: any DenseTensors) throws {
    let source = GGUFWeights(file)
    let dimensions = try DecoderDimensions(source)
    self.dimensions = dimensions
    self.element = element
    self.tensors = tensors
    let isLayer = if case .layer = dimensions.architecture.norm { true } else { false }
    /// A norm of hidden states.
    func norm(_ name: String) throws -> DenseNorm {
      let (gain, bias) = ("\(name).weight", "\(name).bias")
      return DenseNorm(
        gain: try tensors.vector(gain, dimensions.width),
        bias: try isLayer ? tensors.vector(bias, dimensions.width) : nil,
        epsilon: dimensions.epsilon,
        slots: tensors.slot(gain).map {
          NormSlots(gain: $0, bias: isLayer ? tensors.slot(bias) : nil)
        })
    }

    let table = TensorShape(dimensions.width, dimensions.vocabulary)
    embedding = try tensors.matrix("token_embd.weight", table)
    output =
      file.tensor("output.weight") == nil ? embedding : try tensors.matrix("output.weight", table)
    let architecture = dimensions.architecture
    learnedPositions =
      if case .learned = architecture.positions {
        try tensors.matrix(
          "position_embd.weight", TensorShape(dimensions.width, dimensions.context))
      } else { nil }
    blocks = try (0..<dimensions.blocks).map { index in
      let prefix = "blk.\(index)"
      var matrices: [TargetModule: FrozenMatrix] = [:]
      var biases: [TargetModule: GraphTensor] = [:]
      for module in dimensions.modules {
        let shape = dimensions.shape(of: module)
        let name = "\(prefix).\(module.rawValue)"
        matrices[module] = try tensors.matrix("\(name).weight", shape)
        if file.tensor("\(name).bias") != nil {
          biases[module] = try tensors.vector("\(name).bias", shape[1])
        }
      }
      func outputNorm(_ name: String) throws -> DenseNorm? {
        try architecture.normsOutputs ? norm("\(prefix).\(name)") : nil
      }
      return Block(
        attentionNorm: try norm("\(prefix).attn_norm"),
        feedForwardNorm: try norm("\(prefix).ffn_norm"),
        attentionOutputNorm: try outputNorm("post_attention_norm"),
        feedForwardOutputNorm: try outputNorm("post_ffw_norm"),
        headNorms: try architecture.normsHeads
          ? Self.headNorms(
            "\(prefix).attn_q_norm.weight", "\(prefix).attn_k_norm.weight", dimensions, tensors)
          : nil,
        matrices: matrices, biases: biases)
    }
    outputNorm = try norm("output_norm")
    try tensors.load()
    rotaryFactors = try dimensions.positions.factors.map { name in
      try source.values(
        of: name, expecting: TensorShape((dimensions.positions.rotary?.dimensions ?? 0) / 2))
    }
  }

  private static func headNorms(
    _ query: String, _ key: String, _ dimensions: DecoderDimensions, _ tensors: any DenseTensors
  ) throws -> HeadNorms {
    var norms = HeadNorms(
      query: try tensors.vector(query, dimensions.head),
      key: try tensors.vector(key, dimensions.head), epsilon: dimensions.epsilon)
    if let query = tensors.slot(query), let key = tensors.slot(key) {
      norms.slots = HeadNormSlots(query: query, key: key)
    }
    return norms
  }

  // MARK: Where gradients go, where the weights are trained

  /// Of a block's weight.
  func slots(_ block: Int, _ module: TargetModule) -> LinearSlots? {
    let name = "blk.\(block).\(module.rawValue)"
    return tensors.slot("\(name).weight").map {
      LinearSlots(weight: $0, bias: tensors.slot("\(name).bias"))
    }
  }

  /// Of the embedding and of learned positions.
  var embeddingSlots: (table: GradientSlot, learned: GradientSlot?)? {
    tensors.slot("token_embd.weight").map { ($0, tensors.slot("position_embd.weight")) }
  }

  /// Of the vocabulary projection: the embedding's where the two are one.
  var outputSlot: GradientSlot? {
    tensors.slot("output.weight") ?? tensors.slot("token_embd.weight")
  }
}

/// The tensors of a file.
private struct FrozenTensors: DenseTensors {
  let matrices: MatrixLoader
  let vectors: VectorLoader

  func matrix(_ name: String, _ shape: TensorShape) throws -> FrozenMatrix {
    try matrices.matrix(name, shape)
  }

  func vector(_ name: String, _ count: Int) throws -> GraphTensor {
    try vectors.vector(name, count)
  }

  func slot(_ name: String) -> GradientSlot? { nil }

  func load() throws { try vectors.load() }
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
  private let arena: TensorArena
  private var pending: [(name: String, tensor: GraphTensor)] = []

  init(_ source: GGUFWeights, capacity: Int, on backend: ComputeBackend) throws {
    self.source = source
    arena = try TensorArena(capacity: capacity, on: backend)
  }

  func vector(_ name: String, _ count: Int) throws -> GraphTensor {
    let tensor = try arena.tensor(TensorShape(count), name: name)
    pending.append((name, tensor))
    return tensor
  }

  func load() throws {
    try arena.allocate()
    for (name, tensor) in pending {
      try tensor.write(source.values(of: name, expecting: tensor.shape))
    }
  }
}
