import ModelRuntime

/// A base model's weights in F32, in memory, never changed.
final class BaseWeights {
  struct Block {
    let attentionNorm: GraphTensor
    let feedForwardNorm: GraphTensor
    let modules: [TargetModule: FrozenWeight]
  }

  let dimensions: DecoderDimensions
  let rotary: RotaryEmbedding
  /// `[width, vocabulary]`.
  let embedding: GraphTensor
  let blocks: [Block]
  let outputNorm: GraphTensor
  /// Tied to `embedding` where the model has no tensor of its own.
  let output: FrozenWeight
  /// What divides the rotary frequencies (Llama 3); nil for most.
  let rotaryFactors: GraphTensor?

  /// Reads every weight and makes the transposed copies that the backward pass multiplies by.
  init(_ source: any WeightSource, on backend: ComputeBackend) throws {
    let dimensions = try DecoderDimensions(source)
    self.dimensions = dimensions
    guard let rotary = dimensions.positions.rotary, dimensions.architecture.isPlain,
      dimensions.attentionModules.count == 3, rotary.original == nil
    else {
      throw TrainingError.unusableBase(
        reason:
          "models like '\(dimensions.architecture.name)' need oneDNN (libdnnl.so.2), which is "
          + "not installed")
    }
    self.rotary = rotary
    let perBlock = 2 + 3 * dimensions.modules.count
    let arena = try TensorArena(capacity: dimensions.blocks * perBlock + 8, on: backend)
    var loader = Loader(source: source, arena: arena)

    let width = dimensions.width
    let table = TensorShape(width, dimensions.vocabulary)
    embedding = try loader.declare("token_embd.weight", table)
    blocks = try (0..<dimensions.blocks).map { index in
      var modules: [TargetModule: FrozenWeight] = [:]
      for module in dimensions.modules {
        let shape = dimensions.shape(of: module)
        let name = "blk.\(index).\(module.rawValue)"
        var weight = try loader.weight("\(name).weight", shape)
        if source.shape(of: "\(name).bias") != nil {
          weight.bias = try loader.declare("\(name).bias", TensorShape(shape[1]))
        }
        modules[module] = weight
      }
      return Block(
        attentionNorm: try loader.declare("blk.\(index).attn_norm.weight", TensorShape(width)),
        feedForwardNorm: try loader.declare("blk.\(index).ffn_norm.weight", TensorShape(width)),
        modules: modules)
    }
    outputNorm = try loader.declare("output_norm.weight", TensorShape(width))
    if source.shape(of: "output.weight") == nil {
      output = FrozenWeight(
        forward: embedding, backward: try loader.transposed("token_embd.weight", table))
    } else {
      output = try loader.weight("output.weight", table)
    }
    rotaryFactors = try dimensions.positions.factors.map {
      try loader.declare($0, TensorShape(rotary.dimensions / 2))
    }
    try arena.allocate()
    try loader.fill()
  }
}

/// Declares tensors first and fills them once they have memory.
private struct Loader {
  let source: any WeightSource
  let arena: TensorArena
  var pending: [(name: String, shape: TensorShape, straight: GraphTensor?, turned: GraphTensor?)] =
    []

  mutating func declare(_ name: String, _ shape: TensorShape) throws -> GraphTensor {
    let tensor = try arena.tensor(shape, name: name)
    pending.append((name, shape, tensor, nil))
    return tensor
  }

  mutating func transposed(_ name: String, _ shape: TensorShape) throws -> GraphTensor {
    let tensor = try arena.tensor(TensorShape(shape[1], shape[0]), name: name)
    pending.append((name, shape, nil, tensor))
    return tensor
  }

  mutating func weight(_ name: String, _ shape: TensorShape) throws -> FrozenWeight {
    FrozenWeight(forward: try declare(name, shape), backward: try transposed(name, shape))
  }

  func fill() throws {
    for entry in pending {
      let values = try source.values(of: entry.name, expecting: entry.shape)
      try entry.straight?.write(values)
      try entry.turned?.write(transposing: values, rows: entry.shape[1], columns: entry.shape[0])
    }
  }
}
