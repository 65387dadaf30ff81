import ModelRuntime

/// What distinguishes one family of decoder-only transformers from another.
///
/// Everything else — pre-norm residual blocks, grouped-query attention, a feed-forward part, a
/// vocabulary projection — the families here have in common. What a file may have or not (biases,
/// one tensor for queries, keys and values) is read from the file.
struct DecoderArchitecture: Sendable {
  enum Norm: Sendable {
    /// By the root of the mean square; a gain.
    case rootMeanSquare
    /// By mean and variance; a gain and a bias.
    case layer
  }

  enum Positions: Sendable {
    case rotary(RotaryEmbedding.Pairing)
    /// A learned vector for each position is added to the embedding.
    case learned
  }

  enum FeedForward: Sendable {
    /// `down(silu(gate) · up)`.
    case siluGated
    /// `down(gelu(gate) · up)`.
    case geluGated
    /// `down(gelu(up))`.
    case gelu
  }

  /// GGUF's `general.architecture`.
  let name: String
  var norm = Norm.rootMeanSquare
  var positions = Positions.rotary(.halves)
  var feedForward = FeedForward.siluGated
  /// Whether queries and keys are normed head by head before they are rotated.
  var normsHeads = false
  /// Whether what attention and feed-forward give is normed before it is added.
  var normsOutputs = false
  /// Whether embeddings are multiplied by the root of their width.
  var scalesEmbedding = false
  /// Every n-th block sees all that came before, the others a window, if the file names one.
  var windowPattern: Int?

  /// Llama 1 to 3, Mistral, SmolLM.
  static let llama = DecoderArchitecture(name: "llama", positions: .rotary(.neighbours))
  /// Qwen 2 and 2.5.
  static let qwen2 = DecoderArchitecture(name: "qwen2")
  static let qwen3 = DecoderArchitecture(name: "qwen3", normsHeads: true)
  /// The text part.
  static let gemma3 = DecoderArchitecture(
    name: "gemma3", feedForward: .geluGated, normsHeads: true, normsOutputs: true,
    scalesEmbedding: true, windowPattern: 6)
  static let phi3 = DecoderArchitecture(name: "phi3")
  /// GPT-2 and what was made like it, such as KoGPT2.
  static let gpt2 = DecoderArchitecture(
    name: "gpt2", norm: .layer, positions: .learned, feedForward: .gelu)

  static let all = [llama, qwen2, qwen3, gemma3, phi3, gpt2]

  /// Whether ggml's own operations, without kernels, can train it.
  var isPlain: Bool {
    guard case .rootMeanSquare = norm, case .rotary = positions, case .siluGated = feedForward
    else { return false }
    return !normsHeads && !normsOutputs && !scalesEmbedding
  }
}

/// The weights of a block that an adapter can target, named as in GGUF.
public enum TargetModule: String, Sendable, CaseIterable, Comparable {
  case query = "attn_q"
  case key = "attn_k"
  case value = "attn_v"
  /// Queries, keys and values in one.
  case fusedAttention = "attn_qkv"
  case output = "attn_output"
  case gate = "ffn_gate"
  /// With the gate before it where the file has both in one.
  case up = "ffn_up"
  case down = "ffn_down"

  /// The name that PEFT and the Hugging Face modules use.
  public var peftName: String {
    switch self {
    case .query: "q_proj"
    case .key: "k_proj"
    case .value: "v_proj"
    case .fusedAttention: "qkv_proj"
    case .output: "o_proj"
    case .gate: "gate_proj"
    case .up: "up_proj"
    case .down: "down_proj"
    }
  }

  public static func < (left: TargetModule, right: TargetModule) -> Bool {
    (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
  }
}
