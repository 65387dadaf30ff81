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
  /// What scores are multiplied by.
  let attentionScale: Float
  let positions: DecoderPositions
  /// The weights that see a block's normed state for attention: three, or one for all.
  let attentionModules: [TargetModule]
  /// The weights that see it for the feed-forward part: gate and up, or one.
  let feedForwardModules: [TargetModule]

  /// All weights of a block.
  var modules: [TargetModule] {
    attentionModules + [.output] + feedForwardModules + [.down]
  }

  /// Reads the sizes from GGUF metadata and refuses what would be computed wrongly.
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
    let valueLength = source.integer("\(name).attention.value_length") ?? head
    guard valueLength == head else {
      throw TrainingError.unusableBase(reason: "its values are not as long as its keys")
    }
    let isLayer = if case .layer = architecture.norm { true } else { false }
    let epsilonKey = "\(name).attention.layer_norm\(isLayer ? "" : "_rms")_epsilon"
    guard let epsilon = source.real(epsilonKey), epsilon > 0 else {
      throw TrainingError.unusableBase(reason: "its metadata has no '\(epsilonKey)'")
    }
    self.epsilon = Float(epsilon)
    if let experts = source.integer("\(name).expert_count"), experts > 0 {
      throw TrainingError.unusableBase(reason: "mixtures of experts are not supported")
    }
    if let cap = source.real("\(name).final_logit_softcapping"), cap != 0 {
      throw TrainingError.unusableBase(reason: "capped logits are not supported")
    }
    // llama.cpp tells the 27B model of gemma3 by its 62 blocks.
    let scaled = name == "gemma3" && blocks == 62 ? width / heads : head
    attentionScale = 1 / Float(scaled).squareRoot()
    positions = try DecoderPositions(source, architecture, head: head, context: context)
    let isFused = source.shape(of: "blk.0.attn_qkv.weight") != nil
    attentionModules = isFused ? [.fusedAttention] : [.query, .key, .value]
    let hasGate = source.shape(of: "blk.0.ffn_gate.weight") != nil
    feedForwardModules = hasGate ? [.gate, .up] : [.up]
  }

  /// Whether gate and up lie in one tensor.
  private var isGateFused: Bool {
    if case .gelu = architecture.feedForward { return false }
    return feedForwardModules == [.up]
  }

  /// The shape of a block's weight, `[in, out]`.
  func shape(of module: TargetModule) -> TensorShape {
    switch module {
    case .query: TensorShape(width, head * heads)
    case .key, .value: TensorShape(width, head * keyHeads)
    case .fusedAttention: TensorShape(width, head * (heads + 2 * keyHeads))
    case .output: TensorShape(head * heads, width)
    case .gate: TensorShape(width, feedForward)
    case .up: TensorShape(width, isGateFused ? 2 * feedForward : feedForward)
    case .down: TensorShape(feedForward, width)
    }
  }
}
