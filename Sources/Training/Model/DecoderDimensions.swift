import ModelRuntime

/// The sizes of one model.
struct DecoderDimensions {
  let architecture: DecoderArchitecture
  let blocks: Int
  /// The length of a hidden state.
  let width: Int
  /// The length of a head.
  let head: Int
  let heads: Int
  let keyHeads: Int
  let feedForward: Int
  let vocabulary: Int
  /// The longest sequence the model was made for, in tokens.
  let context: Int
  let epsilon: Float
  let rotary: RotaryEmbedding

  /// Reads the sizes from GGUF metadata and refuses what `Decoder` would compute wrongly.
  init(_ source: any WeightSource) throws {
    let name = source.text("general.architecture") ?? ""
    guard let architecture = DecoderArchitecture.all.first(where: { $0.name == name }) else {
      throw TrainingError.unsupportedArchitecture(name)
    }
    self.architecture = architecture
    blocks = try source.required("\(name).block_count")
    width = try source.required("\(name).embedding_length")
    heads = try source.required("\(name).attention.head_count")
    keyHeads = source.integer("\(name).attention.head_count_kv") ?? heads
    feedForward = try source.required("\(name).feed_forward_length")
    context = try source.required("\(name).context_length")
    head = source.integer("\(name).attention.key_length") ?? width / heads
    guard let embedding = source.shape(of: "token_embd.weight"), embedding[0] == width else {
      throw TrainingError.unusableBase(
        reason: "it has no 'token_embd.weight' of its width \(width)")
    }
    vocabulary = embedding[1]
    guard keyHeads > 0, heads % keyHeads == 0, head > 0, head % 2 == 0, blocks <= 1024 else {
      throw TrainingError.unusableBase(
        reason: "\(heads) heads of \(head) over \(keyHeads) key heads do not divide evenly")
    }
    guard let epsilon = source.real("\(name).attention.layer_norm_rms_epsilon"), epsilon > 0 else {
      throw TrainingError.unusableBase(
        reason: "its metadata has no '\(name).attention.layer_norm_rms_epsilon'")
    }
    self.epsilon = Float(epsilon)
    if let experts = source.integer("\(name).expert_count"), experts > 0 {
      throw TrainingError.unusableBase(reason: "mixtures of experts are not supported")
    }
    rotary = try Self.rotary(source, name: name, pairing: architecture.pairing, head: head)
  }

  private static func rotary(
    _ source: any WeightSource, name: String, pairing: RotaryEmbedding.Pairing, head: Int
  ) throws -> RotaryEmbedding {
    var positionScale: Float = 1
    switch source.text("\(name).rope.scaling.type") ?? "none" {
    case "none": break
    case "linear":
      let factor = source.real("\(name).rope.scaling.factor") ?? 1
      if factor > 0 { positionScale = Float(1 / factor) }
    case let other:
      throw TrainingError.unusableBase(reason: "rotary scaling '\(other)' is not supported")
    }
    return RotaryEmbedding(
      pairing: pairing,
      dimensions: source.integer("\(name).rope.dimension_count") ?? head,
      base: Float(source.real("\(name).rope.freq_base") ?? 10000),
      positionScale: positionScale)
  }

  /// The shape of a block's weight, `[in, out]`.
  func shape(of module: TargetModule) -> TensorShape {
    switch module {
    case .query: TensorShape(width, head * heads)
    case .key, .value: TensorShape(width, head * keyHeads)
    case .output: TensorShape(head * heads, width)
    case .gate, .up: TensorShape(width, feedForward)
    case .down: TensorShape(feedForward, width)
    }
  }
}
