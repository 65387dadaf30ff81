import ModelRuntime

/// The inputs of one batch, on the device.
struct DecoderInputs {
  /// I32 `[tokens]`.
  let tokens: GraphTensor
  /// I32 `[tokens]`; begins again at 0 with each example.
  let positions: GraphTensor
  /// `[T, T, 1, blocks]`; 0 within an example's past, −∞ elsewhere.
  let mask: GraphTensor
  /// I32 `[selected]`: which tokens' logits are wanted.
  let selected: GraphTensor
}

/// Builds the forward part of a decoder-only transformer on a tape.
struct Decoder {
  let weights: BaseWeights
  /// Keyed by block and module; weights without an entry stay as they are.
  let adapters: [AdapterKey: LowRankPair]

  struct AdapterKey: Hashable {
    let block: Int
    let module: TargetModule
  }

  private var dimensions: DecoderDimensions { weights.dimensions }

  /// Whether a weight sees the selected tokens alone: past the last attention no token needs
  /// another.
  static func seesSelectedOnly(_ module: TargetModule, in block: Int, of blocks: Int) -> Bool {
    switch module {
    case .query, .key, .value, .fusedAttention: false
    case .output, .gate, .up, .down: block == blocks - 1
    }
  }

  /// - Returns: the logits of the selected tokens, `[vocabulary, selected]`.
  func logits(_ inputs: DecoderInputs, on tape: Tape) throws -> Tape.Variable {
    let graph = tape.graph
    // [width, tokens]
    var x = tape.constant(try graph.rows(of: weights.embedding, at: inputs.tokens))
    for index in weights.blocks.indices {
      let block = weights.blocks[index]
      var mixed = try attention(x, index, inputs, tape)  // [head · heads, tokens]
      if Decoder.seesSelectedOnly(.output, in: index, of: weights.blocks.count) {
        mixed = try tape.select(mixed, at: inputs.selected)
        x = try tape.select(x, at: inputs.selected)
      }
      x = try tape.add(x, linear(mixed, index, .output, tape))
      let normed = try tape.rmsNorm(
        x, gain: block.feedForwardNorm, epsilon: dimensions.epsilon)
      let gated = try tape.swiglu(
        gate: linear(normed, index, .gate, tape), up: linear(normed, index, .up, tape))
      x = try tape.add(x, linear(gated, index, .down, tape))
    }
    let final = try tape.rmsNorm(x, gain: weights.outputNorm, epsilon: dimensions.epsilon)
    return try tape.linear(final, weights.output)
  }

  private func attention(
    _ x: Tape.Variable, _ block: Int, _ inputs: DecoderInputs, _ tape: Tape
  ) throws -> Tape.Variable {
    let (head, tokens) = (dimensions.head, x.shape[1])
    let normed = try tape.rmsNorm(
      x, gain: weights.blocks[block].attentionNorm, epsilon: dimensions.epsilon)

    func heads(_ module: TargetModule, _ count: Int) throws -> Tape.Variable {
      try tape.reshape(
        linear(normed, block, module, tape), to: TensorShape(head, count, tokens))
    }
    func rotated(_ x: Tape.Variable) throws -> Tape.Variable {
      try tape.rotate(
        x, by: weights.rotary, positions: inputs.positions, factors: weights.rotaryFactors)
    }
    return try tape.attention(
      rotated(heads(.query, dimensions.heads)), rotated(heads(.key, dimensions.keyHeads)),
      heads(.value, dimensions.keyHeads), mask: inputs.mask,
      scale: 1 / Float(head).squareRoot())
  }

  private func linear(
    _ x: Tape.Variable, _ block: Int, _ module: TargetModule, _ tape: Tape
  ) throws -> Tape.Variable {
    guard let weight = weights.blocks[block].modules[module] else {
      throw TrainingError.unusableBase(reason: "block \(block) has no \(module.rawValue)")
    }
    return try tape.linear(
      x, weight, adapter: adapters[AdapterKey(block: block, module: module)])
  }
}
