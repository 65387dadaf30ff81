import ModelRuntime

/// How a model knows where a token stands.
struct DecoderPositions {
  /// Rotations of blocks that see everything; nil where positions are learned.
  let rotary: RotaryEmbedding?
  /// Rotations of blocks that see a window; nil where there are none.
  let localRotary: RotaryEmbedding?
  /// How far a block with a window looks back, itself included; nil where no block has one.
  let window: Int?
  /// Which blocks see a window only, as the file lists them; nil where it gives a pattern.
  private let listed: [Bool]?
  /// Every n-th block sees everything.
  private let pattern: Int
  /// The tensor whose numbers divide the frequencies; nil for none.
  let factors: String?

  init(
    _ source: any WeightSource, _ architecture: DecoderArchitecture, head: Int, context: Int
  ) throws {
    let name = architecture.name
    guard case .rotary(let pairing) = architecture.positions else {
      (rotary, localRotary, window, factors, listed, pattern) = (nil, nil, nil, nil, nil, 1)
      return
    }
    let dimensions = source.integer("\(name).rope.dimension_count") ?? head
    var rotary = RotaryEmbedding(
      pairing: pairing, dimensions: dimensions,
      base: Float(source.real("\(name).rope.freq_base") ?? 10000))
    rotary.magnitude = Float(source.real("\(name).rope.scaling.attn_factor") ?? 1)
    let factor = source.real("\(name).rope.scaling.factor") ?? 0
    switch source.text("\(name).rope.scaling.type") ?? "linear" {
    case "none": break
    case "linear", "longrope": if factor > 0 { rotary.positionScale = Float(1 / factor) }
    case "yarn":
      guard factor >= 1 else {
        throw TrainingError.unusableBase(reason: "rotary scaling 'yarn' needs a factor from 1")
      }
      rotary.positionScale = Float(1 / factor)
      rotary.original = source.integer("\(name).rope.scaling.original_context_length") ?? context
    case let other:
      throw TrainingError.unusableBase(reason: "rotary scaling '\(other)' is not supported")
    }
    self.rotary = rotary
    // libllama chooses by the context it serves with, which is at most 4096 here unless asked.
    let original =
      source.integer("\(name).rope.scaling.original_context_length") ?? context
    let length = min(4096, context) > original ? "long" : "short"
    factors = ["rope_freqs.weight", "rope_factors_\(length).weight"].first {
      source.shape(of: $0) != nil
    }
    let width = source.integer("\(name).attention.sliding_window") ?? 0
    if let pattern = architecture.windowPattern, width > 0 {
      window = width
      listed = source.flags("\(name).attention.sliding_window_pattern")
      self.pattern =
        source.integer("\(name).attention.sliding_window_pattern").map { max($0, 1) } ?? pattern
      var local = RotaryEmbedding(
        pairing: pairing, dimensions: dimensions,
        base: Float(source.real("\(name).rope.freq_base_swa") ?? 10000))
      local.magnitude = rotary.magnitude
      localRotary = local
    } else {
      (window, localRotary, listed, pattern) = (nil, nil, nil, 1)
    }
  }

  /// Whether a block sees a window only.
  func isLocal(_ block: Int) -> Bool {
    guard window != nil else { return false }
    if let listed { return block < listed.count && listed[block] }
    return block % pattern < pattern - 1
  }
}
