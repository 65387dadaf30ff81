import ModelRuntime

/// What distinguishes one family of decoder-only transformers from another.
///
/// Everything else — pre-norm residual blocks, rotary positions, grouped-query attention, a gated
/// feed-forward part — the families here have in common and `Decoder` builds.
struct DecoderArchitecture {
  /// GGUF's `general.architecture`.
  let name: String
  let pairing: RotaryEmbedding.Pairing
  /// Weights of a block that have a bias.
  let biased: Set<TargetModule>

  /// Llama 1 to 3, Mistral, SmolLM.
  static let llama = DecoderArchitecture(name: "llama", pairing: .neighbours, biased: [])
  /// Qwen 2 and 2.5.
  static let qwen2 = DecoderArchitecture(
    name: "qwen2", pairing: .halves, biased: [.query, .key, .value])

  static let all = [llama, qwen2]
}

/// The weights of a block that an adapter can target, named as in GGUF.
public enum TargetModule: String, Sendable, CaseIterable, Comparable {
  case query = "attn_q"
  case key = "attn_k"
  case value = "attn_v"
  case output = "attn_output"
  case gate = "ffn_gate"
  case up = "ffn_up"
  case down = "ffn_down"

  /// The name that PEFT and the Hugging Face modules use.
  public var peftName: String {
    switch self {
    case .query: "q_proj"
    case .key: "k_proj"
    case .value: "v_proj"
    case .output: "o_proj"
    case .gate: "gate_proj"
    case .up: "up_proj"
    case .down: "down_proj"
    }
  }

  /// The module of the Hugging Face layer that holds it.
  var peftParent: String {
    switch self {
    case .query, .key, .value, .output: "self_attn"
    case .gate, .up, .down: "mlp"
    }
  }

  public static func < (left: TargetModule, right: TargetModule) -> Bool {
    (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
  }
}
