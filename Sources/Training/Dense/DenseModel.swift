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
  /// Where the weights lie that were not converted; nil where they are trained.
  var mapped: MappedFile? { tensors.mapped }
  private let tensors: any DenseTensors

  /// A model whose weights stay as they are.
  ///
  /// - Parameters:
  ///   - element: F32 or BF16.
  ///   - keepsQuantised: whether weights that products cannot read stay as they are and are converted
  ///     for each use, which takes less memory and more time; the results are the same.
  convenience init(
    _ file: GGUFFile, element: GraphElement, keepsQuantised: Bool, on backend: ComputeBackend
  ) throws {
    let dimensions = try DecoderDimensions(GGUFWeights(file))
    try self.init(
      file, element: element,
      tensors: FrozenTensors(
        matrices: MatrixLoader(
          file: file, mapped: MappedFile(file.path), element: element,
          keepsPacked: keepsQuantised, threads: backend.threads),
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
    let isTied = file.tensor("output.weight") == nil
    embedding = try tensors.matrix("token_embd.weight", table, isTable: !isTied)
    output = try isTied ? embedding : tensors.matrix("output.weight", table, isTable: false)
    let architecture = dimensions.architecture
    learnedPositions =
      if case .learned = architecture.positions {
        try tensors.matrix(
          "position_embd.weight", TensorShape(dimensions.width, dimensions.context),
          isTable: true)
      } else { nil }
    blocks = try (0..<dimensions.blocks).map { index in
      let prefix = "blk.\(index)"
      var matrices: [TargetModule: FrozenMatrix] = [:]
      var biases: [TargetModule: GraphTensor] = [:]
      for module in dimensions.modules {
        let shape = dimensions.shape(of: module)
        let name = "\(prefix).\(module.rawValue)"
        matrices[module] = try tensors.matrix("\(name).weight", shape, isTable: false)
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

  var mapped: MappedFile? { matrices.mapped }

  func matrix(_ name: String, _ shape: TensorShape, isTable: Bool) throws -> FrozenMatrix {
    try matrices.matrix(name, shape, isTable: isTable)
  }

  func vector(_ name: String, _ count: Int) throws -> GraphTensor {
    try vectors.vector(name, count)
  }

  func slot(_ name: String) -> GradientSlot? { nil }

  func load() throws { try vectors.load() }
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
